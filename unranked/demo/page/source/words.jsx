// Text objects. `plain_text` is drawn here, because the library would read mark-up into it.
import { emojify } from "node-emoji";

import { Look } from "./look.jsx";

export function Words({ of }) {
  if (!of) return null;
  return of.type === "mrkdwn" ? <Look block={{ type: "section", text: of }} /> : said(of);
}

export const said = ({ text = "", emoji = true } = {}) => (emoji ? emojify(text) : text);
