// Blocks that are only looked at, but for those that the library draws.
import { Control } from "./controls.jsx";
import { Words, said } from "./words.jsx";

export const Header = ({ block }) => <h3 className="block-header">{said(block.text)}</h3>;

export function Section({ block, at, place }) {
  const { text, fields, accessory } = block;
  return (
    <div className="block-section">
      <div className="block-words">
        {text && (
          <div className="words">
            <Words of={text} />
          </div>
        )}
        {fields && (
          <ul className="block-fields">
            {fields.map((field, n) => (
              <li key={n} className="words">
                <Words of={field} />
              </li>
            ))}
          </ul>
        )}
      </div>
      {accessory && (
        <div className="block-accessory">
          {accessory.type === "image" ? (
            <Seen of={accessory} />
          ) : (
            <Control element={accessory} block={at} n={0} place={place} names={text && said(text)} />
          )}
        </div>
      )}
    </div>
  );
}

export const Context = ({ block }) => (
  <div className="block-context">
    {block.elements.map((one, n) => (
      <div key={n} className="words">
        {one.type === "image" ? <Seen of={one} /> : <Words of={one} />}
      </div>
    ))}
  </div>
);

const LEVELS = { info: "Note", warning: "Warning", error: "Error", success: "Done" };

export const Alert = ({ block }) => (
  <div className="block-alert" role="note" data-level={block.level ?? "default"}>
    {LEVELS[block.level] && <strong>{LEVELS[block.level]}: </strong>}
    <div className="words">
      <Words of={block.text} />
    </div>
  </div>
);

export const Picture = ({ block }) => (
  <figure className="block-picture">
    {block.title && <figcaption>{said(block.title)}</figcaption>}
    <Seen of={block} />
  </figure>
);

// The page loads nothing from outside: there, the words for the picture stand in its place.
function Seen({ of }) {
  const address = of.image_url ?? "";
  const here = address.startsWith("data:image/") || isOurs(address);
  if (here) return <img src={address} alt={of.alt_text} />;
  return <span className="not-loaded">Picture, not loaded here: {of.alt_text}</span>;
}

function isOurs(address) {
  return URL.canParse(address) && new URL(address).origin === window.location.origin;
}
