// Tables, as real ones: the first row and, in a data table, one column are headings.
import { useState } from "react";

import { Look } from "./look.jsx";

const PAGE = 5;

export function DataTable({ block }) {
  const { caption, rows, page_size: size = PAGE, row_header_column_index: heading = 0 } = block;
  const [from, start] = useState(0);
  const [head, ...body] = rows;
  const until = Math.min(from + size, body.length);
  return (
    <div className="block-table">
      <Framed label={caption}>
        <table>
          <caption>{caption}</caption>
          <Head cells={head} />
          <tbody>
            {body.slice(from, until).map((cells, n) => (
              <Row key={from + n} cells={cells} heading={heading} />
            ))}
          </tbody>
        </table>
      </Framed>
      {body.length > size && (
        <div className="pages">
          <span role="status">
            Rows {from + 1} to {until} of {body.length}
          </span>
          <Turn words="Previous rows" to={from - size} possible={from > 0} start={start} />
          <Turn words="Next rows" to={from + size} possible={until < body.length} start={start} />
        </div>
      )}
    </div>
  );
}

export function Table({ block }) {
  const [head, ...body] = block.rows;
  return (
    <div className="block-table">
      <Framed label="Table">
        <table>
          <Head cells={head} columns={block.column_settings} />
          <tbody>
            {body.map((cells, n) => (
              <Row key={n} cells={cells} columns={block.column_settings} />
            ))}
          </tbody>
        </table>
      </Framed>
    </div>
  );
}

// A wide table is scrolled within its frame, with the keyboard too.
const Framed = ({ label, children }) => (
  <div className="framed" role="region" aria-label={label} tabIndex={0}>
    {children}
  </div>
);

// Not `disabled`, which would drop the focus of whoever turned to the last page.
const Turn = ({ words, to, possible, start }) => (
  <button type="button" aria-disabled={!possible} onClick={() => possible && start(to)}>
    {words}
  </button>
);

const Head = ({ cells, columns }) => (
  <thead>
    <tr>
      {cells.map((cell, n) => (
        <th key={n} scope="col" {...aligned(cell, columns?.[n])}>
          <Cell of={cell} />
        </th>
      ))}
    </tr>
  </thead>
);

const Row = ({ cells, columns, heading }) => (
  <tr>
    {cells.map((cell, n) => {
      const It = n === heading ? "th" : "td";
      return (
        <It key={n} scope={n === heading ? "row" : undefined} {...aligned(cell, columns?.[n])}>
          <Cell of={cell} />
        </It>
      );
    })}
  </tr>
);

const aligned = (cell, settings) => ({
  "data-align": settings?.align ?? (cell?.type === "raw_number" ? "right" : "left"),
  "data-wraps": settings?.is_wrapped || undefined,
});

function Cell({ of }) {
  if (of?.type === "rich_text") return <Look block={of} />;
  return of?.text ?? String(of?.value ?? "");
}
