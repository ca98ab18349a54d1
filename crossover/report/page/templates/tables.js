// Each table can be copied, and says where more of it is out of sight; words of the glossary are explained where they are pointed at.
const words = document.body.dataset; // in the language of the page

function cells(table, exact) {
  const read = (cell) => (exact && cell.querySelector("data")?.value) || cell.textContent.trim().replace(/\s+/g, " ");
  return [...table.rows].map((row) => [...row.cells].map(read));
}

function asMarkdown(table) {
  const [head, ...rows] = cells(table, false).map((row) => row.map((text) => text.replace(/[\\|]/g, "\\$&")));
  const right = [...table.rows[0].cells].map((cell) => (cell.classList.contains("figure") ? "--:" : "---"));
  return [head, right, ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("");
}

function asCsv(table) {
  // what a spreadsheet would run as a formula begins with an apostrophe, unless it is a number or the dash for nothing
  const safe = (text) => (text === "-" ? "" : /^[=+\-@]/.test(text) && isNaN(text) ? `'${text}` : text);
  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  return cells(table, true).map((row) => `${row.map((text) => quoted(safe(text))).join(",")}\r\n`).join("");
}

// Where the page may not use the clipboard, the older way; where that is refused, too, the text is there to be copied.
async function copy(text, bar, says) {
  bar.querySelector("textarea")?.remove();
  try {
    await navigator.clipboard.writeText(text);
    says.textContent = words.copied;
    return;
  } catch { /* no permission, or no such thing */ }
  const area = document.createElement("textarea");
  const before = document.activeElement;
  area.value = text;
  area.rows = 6;
  area.readOnly = true;
  area.setAttribute("aria-label", words.toCopy);
  bar.append(area);
  area.select();
  if (document.execCommand("copy")) {
    area.remove();
    before?.focus();
    says.textContent = words.copied;
  } else {
    says.textContent = words.refused;
  }
}

function equip(wide) {
  const table = wide.querySelector("table");
  const bar = document.createElement("div");
  const says = document.createElement("span");
  bar.className = "tools";
  says.setAttribute("role", "status");
  for (const [name, form] of [["Markdown", asMarkdown], ["CSV", asCsv]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.copy.replace("#", name);
    button.setAttribute("aria-label", `${button.textContent}: ${wide.getAttribute("aria-label")}`);
    button.addEventListener("click", () => copy(form(table), bar, says));
    bar.append(button);
  }
  bar.append(says);
  wide.after(bar);
  const hint = document.createElement("p");
  hint.className = "hint";
  hint.textContent = words.wider;
  wide.before(hint);
  const look = () => {
    const more = wide.scrollWidth - wide.clientWidth;
    hint.hidden = more <= 1;
    wide.dataset.more = more > 1 && wide.scrollLeft < more - 1 ? "yes" : "no";
    if (more > 1) wide.tabIndex = 0; // so that the keyboard scrolls it
    else wide.removeAttribute("tabindex");
  };
  wide.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(wide);
  look();
}

function explain(links) {
  const box = document.createElement("div");
  box.id = "meaning";
  box.hidden = true;
  box.setAttribute("aria-hidden", "true"); // aria-describedby names the foot of the page, which says the same
  document.body.append(box);
  const hide = () => { box.hidden = true; };
  const show = (link) => {
    box.textContent = link.dataset.meaning;
    box.hidden = false;
    const at = link.getBoundingClientRect();
    const left = Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - 8);
    const below = at.bottom + 6 + box.offsetHeight < window.innerHeight;
    box.style.left = `${Math.max(8, left)}px`;
    box.style.top = `${below ? at.bottom + 6 : at.top - 6 - box.offsetHeight}px`;
  };
  for (const link of links) {
    link.dataset.meaning = link.title;
    link.removeAttribute("title");
    link.addEventListener("pointerenter", () => show(link));
    link.addEventListener("pointerleave", hide);
    link.addEventListener("focus", () => show(link));
    link.addEventListener("blur", hide);
  }
  window.addEventListener("scroll", hide, { passive: true });
  window.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
}

document.querySelectorAll(".wide").forEach(equip);
explain(document.querySelectorAll("a.term"));
