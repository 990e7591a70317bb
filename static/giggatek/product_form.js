/* Specifications as rows of name and value over the JSON field, and a look at the chosen picture. */
"use strict";

(() => {
  const INPUT = "border border-base-200 bg-white font-medium px-3 py-2 rounded-default shadow-xs text-font-default-light text-sm w-full dark:bg-base-900 dark:border-base-700 dark:text-font-default-dark";

  const element = (tag, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };

  const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));

  /* What is not text (a number, a list) stays what it was, as long as it still reads as JSON. */
  const meant = (text, wasText) => {
    if (wasText) return text;
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  };

  const table = (field, specifications) => {
    const rows = element("div", { className: "gg-specs" });
    const write = () => {
      const entries = [...rows.children]
        .map((row) => [row.specName.value.trim(), meant(row.specValue.value, row.wasText)])
        .filter(([name]) => name);
      field.value = JSON.stringify(Object.fromEntries(entries));
    };
    const add = (name = "", value = "") => {
      const nameInput = element("input", { className: INPUT, value: name, placeholder: "Name", ariaLabel: "Name of the specification" });
      const valueInput = element("input", { className: INPUT, value: shown(value), placeholder: "Value", ariaLabel: "Value of the specification" });
      const remove = element("button", { type: "button", className: "gg-icon", title: "Remove this row", ariaLabel: "Remove this row" },
        element("span", { className: "material-symbols-outlined", textContent: "close" }));
      const row = element("div", { className: "gg-spec" }, nameInput, valueInput, remove);
      Object.assign(row, { specName: nameInput, specValue: valueInput, wasText: typeof value === "string" });
      row.addEventListener("input", write);
      remove.addEventListener("click", () => { row.remove(); write(); });
      rows.append(row);
      return nameInput;
    };
    Object.entries(specifications).forEach(([name, value]) => add(name, value));
    const more = element("button", { type: "button", className: "gg-more" },
      element("span", { className: "material-symbols-outlined", textContent: "add" }), "Add a specification");
    more.addEventListener("click", () => add().focus());
    return element("div", { className: "gg-specs-box" }, rows, more);
  };

  const enhance = (field) => {
    let specifications;
    try {
      specifications = JSON.parse(field.value || "{}");
    } catch {
      return; // what was typed is not JSON: it is mended as text
    }
    if (specifications === null || typeof specifications !== "object" || Array.isArray(specifications)) return;
    field.after(table(field, specifications));
    field.hidden = true;
    field.style.display = "none";
  };

  const preview = (input) => input.addEventListener("change", () => {
    const [file] = input.files;
    const box = document.querySelector(".field-preview .gg-preview") || document.querySelector(".gg-chosen");
    if (!file || !file.type.startsWith("image/")) return;
    const image = box || input.closest(".field-image, div").appendChild(element("img", { className: "gg-preview gg-chosen", alt: "" }));
    image.src = URL.createObjectURL(file);
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-specifications]").forEach(enhance);
    document.querySelectorAll("#id_image").forEach(preview);
  });
})();
