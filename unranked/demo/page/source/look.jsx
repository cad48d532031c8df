// What the library draws: words with mark-up, rich text, Markdown, charts, plans.
import { Component } from "react";
import { Message } from "slack-blocks-to-jsx";

import { Away } from "./away.jsx";

// The library would follow any address, `javascript:` too.
const HOOKS = {
  link: ({ href, children, className }) => (
    <Away href={href} className={className}>
      {children}
    </Away>
  ),
};

// Nothing may come from outside, so a picture in Markdown becomes a link to it.
const prepared = (block) =>
  block.type === "markdown" ? { ...block, text: block.text.replaceAll("![", "[") } : block;

// A block's id is Slack's: as an id of the page it could stand there twice, or hide one of ours.
export const Look = ({ block }) => (
  <Caught type={block.type}>
    <Message
      blocks={[{ ...prepared(block), block_id: undefined }]}
      hooks={HOOKS}
      name=""
      logo=""
      theme="light"
      withoutWrapper
    />
  </Caught>
);

class Caught extends Component {
  state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  render() {
    if (!this.state.failed) return this.props.children;
    return (
      <p className="refused" role="note">
        This page could not draw this block: {this.props.type}
      </p>
    );
  }
}
