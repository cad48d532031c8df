// A button; one with an address is a link, of which Slack tells the bot as well.
import { useState } from "react";

import { agreed } from "./confirm.jsx";
import { Away } from "./away.jsx";
import { said } from "./words.jsx";
import { wired } from "./wired.js";

export function Button(props) {
  const { element, side } = props;
  const { id, act } = wired(props);
  const [busy, become] = useState(false);
  const look = {
    id: side === undefined ? id : `${id}-${side}`,
    className: "button",
    "data-style": element.style,
    "aria-label": element.accessibility_label,
  };

  async function press() {
    if (busy || !(await agreed(element.confirm))) return false;
    become(true);
    act(element.value ?? "").finally(() => become(false));
    return true;
  }

  // The browser opens the address itself, unless there is a question first.
  async function follow(event) {
    if (element.confirm) event.preventDefault();
    const pressed = await press();
    if (pressed && element.confirm) window.open(element.url, "_blank", "noopener,noreferrer");
  }

  if (element.url)
    return (
      <Away href={element.url} onClick={follow} {...look}>
        {said(element.text)}
      </Away>
    );
  return (
    <button type="button" onClick={press} aria-busy={busy || undefined} {...look}>
      {said(element.text)}
    </button>
  );
}
