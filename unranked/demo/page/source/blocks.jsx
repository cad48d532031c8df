// <slack-blocks>: draws the Block Kit that stands in its <script type="application/json">, and tells
// the page what was done with it. Without JavaScript the message's text stands there instead.
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

import { Block } from "./block.jsx";
import { open } from "./modal.js";
import { state } from "./state.js";
import { act } from "./talk.js";

class SlackBlocks extends HTMLElement {
  #root = null;

  connectedCallback() {
    if (this.#root) return;
    const given = JSON.parse(this.querySelector("script").textContent);
    const drawn = document.createElement("div");
    drawn.className = "blocks";
    this.querySelector(".plain")?.remove();
    this.append(drawn);
    this.#root = createRoot(drawn);
    // At once, so that the focus can return and the end of the conversation can be scrolled to.
    flushSync(() => this.#root.render(<Blocks given={given} place={this.#place(given)} />));
  }

  disconnectedCallback() {
    // A node that is only moved comes back in the same task.
    queueMicrotask(() => {
      if (this.isConnected || !this.#root) return;
      this.#root.unmount();
      this.#root = null;
      this.querySelector(".blocks")?.remove();
    });
  }

  #place({ errors = {}, typed = {} }) {
    const { container, ref } = this.dataset;
    return {
      id: `${container}-${ref}`,
      errors,
      typed,
      act: (block, action, value) => act({ container, ref, block, action, value, state: state(this) }),
    };
  }
}

function Blocks({ given, place }) {
  const { blocks = [], text = "" } = given;
  const drawn = blocks.length || !text ? blocks : [{ type: "section", text: { type: "mrkdwn", text } }];
  return drawn.map((block, n) => (
    <Block key={n} block={block} at={block.block_id || `block-${n}`} place={place} />
  ));
}

customElements.define("slack-blocks", SlackBlocks);
open();
