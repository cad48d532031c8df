// One block: which part of this page draws it.
import { Alert, Context, Header, Picture, Section } from "./shown.jsx";
import { Actions, Feedback, Input } from "./asked.jsx";
import { Look } from "./look.jsx";
import { DataTable, Table } from "./table.jsx";

const OURS = {
  actions: Actions,
  alert: Alert,
  context: Context,
  context_actions: Feedback,
  data_table: DataTable,
  divider: () => <hr />,
  header: Header,
  image: Picture,
  input: Input,
  section: Section,
  table: Table,
};
const LIBRARYS = ["data_visualization", "markdown", "plan", "rich_text", "task_card"];
// Slack takes these; nothing of Unranked sends them, and the library's buttons would do nothing.
const NOT_DRAWN = ["call", "card", "carousel", "container", "file", "video"];

export function Block({ block, at, place }) {
  const { type } = block;
  const Drawn = Object.hasOwn(OURS, type) ? OURS[type] : null;
  if (Drawn) return <Drawn block={block} at={at} place={place} />;
  if (LIBRARYS.includes(type)) return <Look block={block} />;
  const words = NOT_DRAWN.includes(type)
    ? `This page does not draw this block yet: ${type}`
    : `Slack would refuse this block: ${type}`;
  return (
    <p className="refused" role="note">
      {words}
    </p>
  );
}
