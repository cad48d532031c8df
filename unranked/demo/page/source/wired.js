// What ties an element of a block to its control: ids that stay the same when it is drawn again.
const actionOf = (element, n) => element.action_id || `action-${n}`;

// Without a space, so that an aria attribute can name it.
export const idOf = (place, block, element, n) =>
  encodeURIComponent(`${place.id}-${block}-${actionOf(element, n)}`);

// id; typed: what was filled in before; dispatches: whether Slack hears of a change at once;
// marks: how the control's value is found again; act: tells of a change.
export function wired({ element, block, n, place, field }) {
  const action = actionOf(element, n);
  return {
    id: idOf(place, block, element, n),
    typed: place.typed[block]?.[action],
    dispatches: field ? field.dispatches : true,
    marks: { "data-block": block, "data-action": action },
    act: (value) => place.act(block, action, value),
  };
}

// What every single control says to a screen reader beyond its label.
export const described = ({ element, field, names }) => ({
  "aria-label": field ? undefined : element.placeholder?.text ?? names ?? "Choose",
  "aria-describedby": field?.describedBy,
  "aria-invalid": field?.invalid || undefined,
  required: Boolean(field) && !field.optional,
  "data-first": element.focus_on_load || undefined,
});
