// What is filled in, read from the controls themselves: `{block_id: {action_id: value}}`. A value is
// text ("" when there is none), or a list of texts where several can be chosen.
const READ = {
  text: (control) => control.value,
  many: (control) => [...control.selectedOptions].map((option) => option.value),
  one: (control) => control.querySelector("input:checked")?.value ?? "",
  some: (control) => [...control.querySelectorAll("input:checked")].map((box) => box.value),
  list: (control) => control.value.split(/[\s,]+/).filter(Boolean),
  moment: (control) => seconds(control.value),
};

export const read = (control) => READ[control.dataset.reads](control);

export function state(inside) {
  const found = {};
  for (const control of inside.querySelectorAll("[data-reads]")) {
    const { block, action } = control.dataset;
    found[block] = { ...found[block], [action]: read(control) };
  }
  return found;
}

// A moment is Unix seconds for Slack, and a UTC time in the field.
export const seconds = (time) => (time ? String(Date.parse(`${time}Z`) / 1000) : "");
export const moment = (unix) =>
  unix ? new Date(Number(unix) * 1000).toISOString().slice(0, 16) : "";
