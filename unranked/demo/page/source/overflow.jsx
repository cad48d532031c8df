// The menu of further actions: a disclosure with buttons, which Escape and leaving it close.
import { agreed } from "./confirm.jsx";
import { wired } from "./wired.js";
import { Away } from "./away.jsx";
import { said } from "./words.jsx";

export function Overflow(props) {
  const { element } = props;
  const { id, act } = wired(props);

  async function choose(menu, value) {
    menu.open = false;
    menu.querySelector("summary").focus();
    if (await agreed(element.confirm)) act(value);
  }

  const close = (event) => {
    if (event.key !== "Escape" || !event.currentTarget.open) return;
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.open = false;
    event.currentTarget.querySelector("summary").focus();
  };
  const leave = ({ currentTarget, relatedTarget }) => {
    if (!currentTarget.contains(relatedTarget)) currentTarget.open = false;
  };

  return (
    <details className="overflow" onKeyDown={close} onBlur={leave}>
      <summary id={id} className="button" aria-label="More actions">
        <span aria-hidden="true">⋯</span>
      </summary>
      <ul>
        {element.options.map((option, n) => {
          const own = {
            id: `${id}-${n}`,
            onClick: ({ currentTarget }) => choose(currentTarget.closest("details"), option.value),
          };
          return (
            <li key={option.value}>
              {option.url ? (
                <Away href={option.url} {...own}>
                  {said(option.text)}
                </Away>
              ) : (
                <button type="button" {...own}>
                  {said(option.text)}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </details>
  );
}
