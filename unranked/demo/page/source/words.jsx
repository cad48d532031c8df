// Text objects. `plain_text` is drawn here, because the library would read mark-up into it.
import { emojify } from "node-emoji";

import { Look } from "./look.jsx";

export function Words({ of }) {
  if (!of) return null;
  return of.type === "mrkdwn" ? <Look block={{ type: "section", text: of }} /> : said(of);
}

export const said = ({ text = "", emoji = true } = {}) => (emoji ? emojify(text) : text);

const OUTSIDE = /^(https?:|mailto:)/i;

// A link that leaves the page, or its words alone when the address is of no kind that Slack opens.
export function Away({ href, children, ...also }) {
  if (!OUTSIDE.test(href ?? "")) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" {...also}>
      {children}
    </a>
  );
}
