// Radio buttons and checkboxes: a group with its label, every option with its own.
import { useEffect, useRef } from "react";

import { agreed } from "./confirm.jsx";
import { read } from "./state.js";
import { wired } from "./wired.js";
import { Words } from "./words.jsx";

export const GROUPED = ["radio_buttons", "checkboxes"];

export function Radios(props) {
  const first = props.element.initial_option?.value ?? "";
  return <Group {...props} kind="radio" reads="one" first={[first]} />;
}

export function Checkboxes(props) {
  const first = (props.element.initial_options ?? []).map((option) => option.value);
  return <Group {...props} kind="checkbox" reads="some" first={first} />;
}

function Group(props) {
  const { element, field, names, kind, reads, first } = props;
  const { id, typed, dispatches, marks, act } = wired(props);
  const chosen = useRef(typed === undefined ? first : [typed].flat());
  const group = useRef(null);
  const needed = Boolean(field) && !field.optional;

  useEffect(() => needs(group.current, needed), [needed]);

  async function choose() {
    needs(group.current, needed);
    if (!dispatches) return;
    if (!(await agreed(element.confirm))) return restore(group.current, chosen.current);
    const value = read(group.current);
    chosen.current = [value].flat();
    act(value);
  }

  return (
    <fieldset id={id} ref={group} data-reads={reads} aria-describedby={field?.describedBy} {...marks}>
      <legend className={field ? undefined : "unseen"}>{field?.legend ?? names ?? "Choose"}</legend>
      {element.options.map((option, n) => (
        <Choice
          key={option.value}
          option={option}
          id={`${id}-${n}`}
          type={kind}
          name={id}
          defaultChecked={chosen.current.includes(option.value)}
          aria-invalid={field?.invalid || undefined}
          data-first={(n === 0 && element.focus_on_load) || undefined}
          onChange={choose}
        />
      ))}
    </fieldset>
  );
}

const Choice = ({ option, id, ...box }) => (
  <div className="choice">
    <input id={id} value={option.value} {...box} />
    <label htmlFor={id}>
      <Words of={option.text} />
      {option.description && (
        <span className="hint">
          <Words of={option.description} />
        </span>
      )}
    </label>
  </div>
);

// The browser knows "required" for radio buttons, but not for a group of checkboxes.
function needs(group, needed) {
  const box = group?.querySelector("input");
  const empty = needed && !group.querySelector("input:checked");
  box?.setCustomValidity(empty ? "Choose at least one." : "");
}

function restore(group, values) {
  for (const box of group.querySelectorAll("input")) box.checked = values.includes(box.value);
}
