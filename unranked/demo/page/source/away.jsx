// Links that leave the page.
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
