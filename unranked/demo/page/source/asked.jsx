// Blocks that ask for something: a row of elements, one field with its label, feedback.
import { Button } from "./button.jsx";
import { Control } from "./controls.jsx";
import { GROUPED } from "./choices.jsx";
import { said } from "./words.jsx";
import { idOf } from "./wired.js";

export const Actions = ({ block, at, place }) => (
  <div className="block-actions">
    {block.elements.map((element, n) => (
      <Control key={n} element={element} block={at} n={n} place={place} />
    ))}
  </div>
);

export function Input({ block, at, place }) {
  const { label, hint, optional = false, element, dispatch_action: dispatches = false } = block;
  const id = idOf(place, at, element, 0);
  const error = place.errors[at];
  const words = (
    <>
      {said(label)}
      {optional && <span className="optional"> (optional)</span>}
      {element.type === "datetimepicker" && " (UTC)"}
    </>
  );
  const grouped = GROUPED.includes(element.type);
  const field = {
    optional,
    dispatches,
    invalid: Boolean(error),
    describedBy: [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined,
    legend: words,
  };
  return (
    <div className="block-input" data-invalid={field.invalid || undefined}>
      {!grouped && <label htmlFor={id}>{words}</label>}
      <Control element={element} block={at} n={0} place={place} field={field} />
      {error && (
        <p id={`${id}-error`} className="error">
          <strong>Error:</strong> {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {said(hint)}
        </p>
      )}
    </div>
  );
}

// Two buttons for one element: which of them was pressed is its value.
export const Feedback = ({ block, at, place }) => (
  <div className="block-actions">
    {block.elements.flatMap((element, n) => {
      const buttons =
        element.type === "feedback_buttons"
          ? [element.positive_button, element.negative_button]
          : [{ ...element, text: element.text ?? { text: "Delete" } }];
      return buttons.map((button, side) => (
        <Button
          key={`${n}-${side}`}
          element={{ ...button, action_id: element.action_id, confirm: element.confirm }}
          block={at}
          n={n}
          side={side}
          place={place}
        />
      ));
    })}
  </div>
);
