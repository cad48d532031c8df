// One element: which control stands for it.
import { Button } from "./button.jsx";
import { Checkboxes, Radios } from "./choices.jsx";
import { Many, One } from "./menus.jsx";
import { Overflow } from "./overflow.jsx";
import { Day, Line, List, Moment, Text } from "./typed.jsx";

const CONTROLS = {
  button: Button,
  channels_select: Line,
  checkboxes: Checkboxes,
  conversations_select: Line,
  datepicker: Day,
  datetimepicker: Moment,
  email_text_input: Text,
  external_select: Line,
  multi_channels_select: List,
  multi_conversations_select: List,
  multi_external_select: List,
  multi_static_select: Many,
  multi_users_select: List,
  number_input: Text,
  overflow: Overflow,
  plain_text_input: Text,
  radio_buttons: Radios,
  static_select: One,
  timepicker: Day,
  url_text_input: Text,
  users_select: Line,
};
const NOT_DRAWN = ["file_input", "rich_text_input", "workflow_button"];

export function Control(props) {
  const { type } = props.element;
  const Drawn = Object.hasOwn(CONTROLS, type) ? CONTROLS[type] : null;
  if (Drawn) return <Drawn {...props} />;
  const words = NOT_DRAWN.includes(type)
    ? `This page does not draw this element yet: ${type}`
    : `Slack would refuse this element: ${type}`;
  return (
    <p className="refused" role="note">
      {words}
    </p>
  );
}
