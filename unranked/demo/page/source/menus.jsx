// Menus of options, as the browser's own.
import { useRef } from "react";

import { agreed } from "./confirm.jsx";
import { read } from "./state.js";
import { described, wired } from "./wired.js";
import { said } from "./words.jsx";

export function One(props) {
  const { element, field } = props;
  const { id, typed, dispatches, marks, act } = wired(props);
  const chosen = useRef(typed ?? element.initial_option?.value ?? "");

  async function choose({ currentTarget: menu }) {
    if (!dispatches) return;
    if (!(await agreed(element.confirm))) {
      menu.value = chosen.current;
      return;
    }
    chosen.current = menu.value;
    act(menu.value);
  }

  return (
    <select
      id={id}
      data-reads="text"
      defaultValue={chosen.current}
      onChange={choose}
      onKeyDown={dispatches ? opened : undefined}
      {...marks}
      {...described(props)}
    >
      <option value="" disabled={!field?.optional}>
        {element.placeholder?.text ?? "Choose"}
      </option>
      <Options of={element} />
    </select>
  );
}

// An arrow in a closed menu would choose, and so send, each option that it passes: it opens it.
function opened(event) {
  const chooses = event.key.startsWith("Arrow") || ["Home", "End", "PageUp", "PageDown"].includes(event.key);
  if (!chooses || event.altKey || !event.currentTarget.showPicker) return;
  event.preventDefault();
  event.currentTarget.showPicker();
}

// What was chosen is sent when the menu is left, as Slack sends it when the menu closes.
export function Many(props) {
  const { element } = props;
  const { id, typed, dispatches, marks, act } = wired(props);
  const first = typed ?? (element.initial_options ?? []).map((option) => option.value);
  const sent = useRef(JSON.stringify(first));
  const most = element.max_selected_items ?? Infinity;

  const check = ({ currentTarget: menu }) =>
    menu.setCustomValidity(read(menu).length > most ? `Choose at most ${most}.` : "");

  async function leave({ currentTarget: menu }) {
    const now = JSON.stringify(read(menu));
    if (!dispatches || now === sent.current || !menu.reportValidity()) return;
    if (!(await agreed(element.confirm))) return;
    sent.current = now;
    act(read(menu));
  }

  return (
    <select
      id={id}
      multiple
      size={Math.min(6, Math.max(2, count(element)))}
      data-reads="many"
      defaultValue={first}
      onChange={check}
      onBlur={leave}
      {...marks}
      {...described(props)}
    >
      <Options of={element} />
    </select>
  );
}

const count = ({ options, option_groups: groups = [] }) =>
  options?.length ?? groups.reduce((sum, group) => sum + group.options.length + 1, 0);

function Options({ of: { options, option_groups: groups = [] } }) {
  if (options) return options.map((option) => <Option key={option.value} of={option} />);
  return groups.map((group, n) => (
    <optgroup key={n} label={said(group.label)}>
      {group.options.map((option) => (
        <Option key={option.value} of={option} />
      ))}
    </optgroup>
  ));
}

const Option = ({ of: { text, value, description } }) => (
  <option value={value}>
    {said(text)}
    {description && `, ${said(description)}`}
  </option>
);
