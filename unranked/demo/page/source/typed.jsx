// Fields to write into: text, numbers, addresses, days, times, and names where Slack has a picker.
import { useRef } from "react";

import { agreed } from "./confirm.jsx";
import { moment, read } from "./state.js";
import { described, wired } from "./wired.js";

const TYPES = {
  datepicker: "date",
  email_text_input: "email",
  number_input: "number",
  timepicker: "time",
  url_text_input: "url",
};

export function Text(props) {
  const { element } = props;
  const { multiline, min_length: minLength, max_length: maxLength } = element;
  const each = element.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered");
  const own = { placeholder: element.placeholder?.text, minLength, maxLength };
  if (element.type === "number_input") {
    own.step = element.is_decimal_allowed ? "any" : "1";
    own.min = element.min_value;
    own.max = element.max_value;
  }
  const It = multiline ? "textarea" : "input";
  const type = multiline ? undefined : (TYPES[element.type] ?? "text");
  return <Field {...props} It={It} own={{ type, ...own }} first={element.initial_value} each={each} />;
}

// A day or a time is sent when it was picked. One that is being typed is sent when it is left:
// between its parts it is a day that nobody meant.
export function Day(props) {
  const { element } = props;
  const first = element.initial_date ?? element.initial_time;
  return <Field {...props} own={{ type: TYPES[element.type] }} first={first} picked />;
}

export function Moment(props) {
  const first = moment(props.element.initial_date_time);
  return <Field {...props} own={{ type: "datetime-local" }} reads="moment" first={first} picked />;
}

// Slack has a picker here; the page knows no names, so an id is written.
export function Line(props) {
  const { element } = props;
  const first = element.initial_user ?? element.initial_channel ?? element.initial_conversation;
  return <Field {...props} own={{ type: "text", placeholder: "An id" }} first={first} />;
}

export function List(props) {
  const { element } = props;
  const first = element.initial_users ?? element.initial_channels ?? element.initial_conversations;
  return <Field {...props} own={{ type: "text", placeholder: "Ids, with a space between" }} reads="list" first={first} />;
}

function Field({ It = "input", own, reads = "text", first = "", each, picked, ...props }) {
  const { element } = props;
  const { id, typed, dispatches, marks, act } = wired(props);
  const begun = typed === undefined ? first : reads === "moment" ? moment(typed) : typed;
  const sent = useRef(null);
  const byHand = useRef(false);

  async function send(field) {
    const value = read(field);
    const now = JSON.stringify(value);
    if (!dispatches || now === sent.current || !field.checkValidity()) return;
    if (!(await agreed(element.confirm))) return;
    sent.current = now;
    act(value);
  }

  return (
    <It
      id={id}
      autoComplete="off"
      data-reads={reads}
      defaultValue={[begun].flat().join(" ")}
      onFocus={({ currentTarget }) => (sent.current ??= JSON.stringify(read(currentTarget)))}
      onKeyDown={(event) => {
        byHand.current = event.key !== "Enter";
        if (event.key !== "Enter" || !dispatches || It === "textarea") return;
        event.preventDefault();
        send(event.currentTarget);
      }}
      onInput={({ currentTarget }) => (each || (picked && !byHand.current)) && send(currentTarget)}
      onBlur={({ currentTarget }) => send(currentTarget)}
      {...marks}
      {...described(props)}
      {...own}
    />
  );
}
