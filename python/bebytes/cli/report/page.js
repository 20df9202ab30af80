// Sorts, filters and chooses. All figures are in the page already; without this script they stand there as they are.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const draw = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const embedded = one("#pairs") ? JSON.parse(one("#pairs").textContent) : null;

  const NONE = "—";
  const format = (value, places) => {
    // As Python formats: of a figure that stands exactly in the middle, to the even side.
    const scaled = value * 10 ** places;
    const tie = scaled % 1 === 0.5 && (value * 1024) % 1 === 0;
    const rounded = tie ? (2 * Math.round(scaled / 2)) / 10 ** places : value;
    return rounded.toFixed(places).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  };
  // A narrow space that breaks no line stands before the sign.
  const times = (ratio) => (ratio ? `${format(ratio, ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2)}\u202f×` : NONE);
  const change = (ratio) => `${format(ratio, 3)}\u202f×`;
  const nanoseconds = (ns) => format(ns, ns >= 100 ? 0 : 1);
  const mean = (ratios) => {
    const known = ratios.filter((r) => r > 0);
    return known.length ? Math.exp(known.reduce((sum, r) => sum + Math.log(r), 0) / known.length) : 0;
  };

  // Light and dark: the system's wish until the button says otherwise.
  const theme = one("#theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const show_theme = (dark) => {
    theme.setAttribute("aria-pressed", String(dark));
  };
  const kept = (() => {
    try {
      return localStorage.getItem("bebytes-theme");
    } catch {
      return null; // a page that may keep nothing starts as the system wishes
    }
  })();
  if (kept) document.documentElement.style.colorScheme = kept;
  show_theme(kept ? kept === "dark" : system.matches);
  system.addEventListener("change", () => {
    if (!document.documentElement.style.colorScheme) show_theme(system.matches);
  });
  theme.addEventListener("click", () => {
    const dark = theme.getAttribute("aria-pressed") !== "true";
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
    show_theme(dark);
    try {
      localStorage.setItem("bebytes-theme", dark ? "dark" : "light");
    } catch {
      // As above: it holds for this visit.
    }
  });

  // Sorting: what has no figure stays last either way.
  const key_of = (row, column, kind) => {
    const cell = row.cells[column];
    if (kind === "text") return cell.textContent.trim();
    return cell.dataset.v ? Number(cell.dataset.v) : NaN;
  };
  const sort = (head, direction) => {
    const column = head.cellIndex;
    const { kind } = head.dataset;
    const sign = direction === "ascending" ? 1 : -1;
    const body = head.closest("table").tBodies[0];
    const compare = (a, b) => {
      if (kind === "text") return sign * a[0].localeCompare(b[0], "en", { numeric: true });
      if (Number.isNaN(a[0]) || Number.isNaN(b[0])) return Number.isNaN(a[0]) - Number.isNaN(b[0]);
      return sign * (a[0] - b[0]);
    };
    const rows = [...body.rows].map((row) => [key_of(row, column, kind), row]).sort(compare);
    body.append(...rows.map(([, row]) => row));
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", direction);
  };
  const sorted_by = (table) => one("[aria-sort]", table);
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".sort");
    if (!button) return;
    const head = button.parentElement;
    sort(head, head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending");
  });

  // Which record is shown.
  const records = all(".details");
  const chooser = one("#record");
  const shown_record = () => records.find((record) => record.dataset.record === chooser.value);
  const show_record = () => {
    hide_tip();
    update_ratios(shown_record());
    for (const part of all(".of-record")) part.hidden = part.dataset.record !== chooser.value;
    for (const link of all("nav [data-to]")) link.hash = `${chooser.value}-${link.dataset.to}`;
  };

  // Ratios: all of them again whenever the base or the filter changes.
  const SHARE = 1e-9;
  const axis = (figures) => {
    const low = Math.floor(Math.log10(Math.min(...figures)) - 0.03);
    const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...figures)) + 0.03));
    const at = (figure) => `${Math.round(((Math.log10(figure) - low) / (high - low)) * 10000) / 100}%`;
    const decades = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
    return { at, decades };
  };
  const figures_of = new Map(
    records.map((record) => [
      record,
      all(".figures tbody tr", record).map((row) => ({
        row,
        of: new Map(all("td[data-e]", row).map((cell) => [cell.dataset.e, Number(cell.dataset.v || 0)])),
      })),
    ]),
  );
  const is_shown = (row) => !row.matches(".off-g, .off-o");
  const fill = (cell, ratio) => {
    cell.dataset.v = ratio || "";
    cell.textContent = times(ratio);
  };
  const update_ratios = (record) => {
    const select = one(".base", record);
    if (!select || !select.value) return;
    const base = select.value;
    const option = select.selectedOptions[0];
    const name = option.textContent;
    for (const place of all(".base-name", record)) place.textContent = name;
    for (const place of all(".base-title", record)) place.textContent = option.dataset.title ? ` (${option.dataset.title})` : "";

    const rows = figures_of.get(record).map(({ row, of }) => ({
      row,
      ratio: (e) => (of.get(base) ? of.get(e) / of.get(base) : 0),
    }));
    const by_key = new Map(rows.map((entry) => [entry.row.dataset.n, entry]));
    for (const row of all(".every tbody tr", record)) {
      for (const cell of all("td[data-e]", row)) fill(cell, by_key.get(row.dataset.n).ratio(cell.dataset.e));
    }
    const shown = rows.filter(({ row }) => is_shown(row));
    for (const row of all(".means tbody tr", record)) {
      const members = shown.filter((entry) => entry.row.dataset.g === row.dataset.g);
      for (const cell of all("td", row)) fill(cell, mean(members.map(({ ratio }) => ratio(cell.dataset.e))));
    }
    const strips = [];
    for (const cell of all(".means tfoot td", record)) {
      const ratios = shown.map(({ ratio }) => ratio(cell.dataset.e)).filter((r) => r > 0);
      fill(cell, mean(ratios));
      if (ratios.length && !cell.matches(".off-e")) strips.push({ e: cell.dataset.e, ratios, mean: mean(ratios) });
    }
    draw_strips(one(".strips", record), strips, name);
    for (const table of all(".means, .every", record)) {
      const head = sorted_by(table);
      if (head) sort(head, head.getAttribute("aria-sort"));
    }
  };
  const draw_strips = (figure, strips, name) => {
    figure.setAttribute("aria-label", `Ratios of all engines to ${name}`);
    figure.hidden = strips.length === 0;
    if (figure.hidden) return;
    const { at, decades } = axis(strips.flatMap(({ ratios }) => ratios));
    const line = (place, kind) => draw("line", { class: kind, x1: place, x2: place, y1: "0", y2: "100%" });
    one(".ticks", figure).replaceChildren(
      ...decades.map((n) => {
        const text = draw("text", { x: at(n), y: "14" });
        text.textContent = `${n >= 1 ? format(n, 0) : Number(n.toPrecision(3))}\u202f×`;
        return text;
      }),
    );
    one(".grid", figure).replaceChildren(
      ...decades.slice(0, -1).flatMap((n) => [line(at(2 * n), "minor"), line(at(5 * n), "minor")]),
      ...decades.map((n) => line(at(n), Math.abs(n - 1) < SHARE ? "major one" : "major")),
    );
    const rows = new Map(all(".row", figure).map((row) => [row.dataset.e, row]));
    for (const row of rows.values()) row.hidden = true;
    strips.sort((a, b) => a.mean - b.mean);
    for (const { e, ratios, mean: middle } of strips) {
      const row = rows.get(e) || new_strip(e);
      const hue = [...one(`#m${e}`).classList].find((word) => /^h\d$/.test(word));
      const strip = one(".strip", row);
      strip.replaceChildren(
        ...ratios.map((r) => draw("line", { class: `tick ${hue}`, x1: at(r), x2: at(r), y1: "25%", y2: "75%" })),
        draw("use", { class: "mark", href: `#m${e}`, x: at(middle), y: "50%" }),
      );
      const engine = one(".name", row).textContent;
      strip.setAttribute(
        "aria-label",
        `${engine}: ${times(middle)}, from ${times(Math.min(...ratios))} to ${times(Math.max(...ratios))}`,
      );
      one(".value", row).textContent = times(middle);
      row.hidden = false;
      one(".rows", figure).append(row);
    }
  };
  // An engine that has nothing in common with the first base has no strip yet.
  const new_strip = (e) => {
    const row = make("div", { className: "row" }, make("div", { className: "name", textContent: name_of(e) }));
    row.dataset.e = e;
    row.append(draw("svg", { class: "strip", role: "img" }), make("div", { className: "value" }));
    return row;
  };
  const name_of = (e) => one(`#filter [name="e"][value="${e}"]`).parentElement.textContent;

  // The filter: engines, groups, operations.
  const filter = one("#filter");
  const apply_filter = () => {
    hide_tip();
    for (const kind of ["e", "g", "o"]) {
      const wanted = new Set(all(`input[name="${kind}"]:checked`, filter).map((box) => box.value));
      for (const element of all(`main [data-${kind}]`)) {
        element.classList.toggle(`off-${kind}`, !wanted.has(element.dataset[kind]));
      }
    }
    update_ratios(shown_record());
  };
  filter.addEventListener("change", apply_filter);
  filter.addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("click", (event) => {
    const { all: every, none } = event.target.dataset;
    const kind = every || none;
    if (!kind) return;
    for (const box of all(`input[name="${kind}"]`, filter)) box.checked = Boolean(every);
    apply_filter();
  });

  // All figures of a row, the fastest first: beside the pointer, or by the arrow keys.
  const tip = one("#tip");
  let chosen = null;
  function hide_tip() {
    if (chosen) chosen.classList.remove("chosen");
    chosen = null;
    tip.hidden = true;
  }
  for (const mark of all(".chart .mark")) {
    // The browser would show its own small text beside ours.
    const title = one("title", mark);
    if (title) {
      mark.dataset.text = title.textContent;
      title.remove();
    }
  }
  const show_tip = (row, x, y) => {
    if (row !== chosen) {
      hide_tip();
      chosen = row;
      row.classList.add("chosen");
      const marks = all(".mark", row).filter((mark) => !mark.matches(".off-e"));
      marks.sort((a, b) => parseFloat(a.getAttribute("x")) - parseFloat(b.getAttribute("x")));
      const subject = marks.find((mark) => mark.dataset.e === row.closest(".details").dataset.subject);
      const own = subject && Number(subject.dataset.v);
      const rows = marks.map((mark) => {
        const [engine, ...rest] = mark.dataset.text.split(": ");
        const glyph = draw("svg", { class: "glyph", viewBox: "-8 -8 16 16" });
        glyph.append(draw("use", { href: mark.getAttribute("href") }));
        const figure = rest.join(": ").split(" at best")[0];
        return make(
          "tr",
          {},
          make("th", {}, glyph, engine),
          make("td", { textContent: figure }),
          make("td", { className: "soft", textContent: own ? times(Number(mark.dataset.v) / own) : "" }),
        );
      });
      tip.replaceChildren(make("b", { textContent: one(".name", row).textContent }), make("table", {}, make("tbody", {}, ...rows)));
      tip.hidden = false;
    }
    const room = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(x + 18, innerWidth - room.width - 8))}px`;
    tip.style.top = `${y + 18 + room.height > innerHeight ? Math.max(8, y - room.height - 12) : y + 18}px`;
  };
  for (const chart of all(".chart[data-g]")) {
    const rows = () => all(".row", chart).filter((row) => !row.matches(".off-o"));
    const at_pointer = (event) => {
      const row = event.target.closest(".row");
      if (row) show_tip(row, event.clientX, event.clientY);
      else hide_tip();
    };
    chart.addEventListener("pointermove", at_pointer);
    chart.addEventListener("pointerdown", at_pointer);
    chart.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") hide_tip();
    });
    chart.addEventListener("blur", hide_tip);
    chart.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") hide_tip();
      if (!step) return;
      event.preventDefault();
      const list = rows();
      if (!list.length) return;
      const next = list[Math.max(0, Math.min(list.length - 1, chosen ? list.indexOf(chosen) + step : 0))];
      next.scrollIntoView({ block: "nearest" });
      const box = next.getBoundingClientRect();
      show_tip(next, box.left + box.width / 3, box.bottom - 12);
    });
  }
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".chart[data-g]")) hide_tip();
  });
  addEventListener("scroll", () => { if (chosen && !document.activeElement.matches(".chart")) hide_tip(); }, { passive: true });

  // Two records compared; each pair is worked out once, and read backwards where B stands before A.
  if (embedded) {
    const [a, b, verdict] = ["#a", "#b", "#verdict"].map((id) => one(id));
    const VERDICTS = ["faster", "slower", "no difference"];
    const BACKWARDS = [1, 0, 2];
    const changes_of = (from, to) => {
      if (from < to) return embedded.pairs[`${from}-${to}`];
      const { backwards: warnings, changes } = embedded.pairs[`${to}-${from}`];
      const back = ([row, e, x, y, ratio, low, high, word]) => [row, e, y, x, 1 / ratio, 1 / high, 1 / low, BACKWARDS[word]];
      return { warnings, changes: changes.map(back) };
    };
    const cell = (text, value, kind = "") => {
      const made = make("td", { className: kind, textContent: text });
      if (value !== undefined) made.dataset.v = value;
      return made;
    };
    const heading = (...parts) => Object.assign(make("th", {}, ...parts), { scope: "row" });
    const show_pair = () => {
      const [from, to] = [Number(a.value), Number(b.value)];
      one("#which").replaceChildren("A is ", make("b", { textContent: a.selectedOptions[0].text }), ", B is ", make("b", { textContent: b.selectedOptions[0].text }), from === to ? ": a record does not differ from itself." : ".");
      const { warnings, changes } = from === to ? { warnings: [], changes: [] } : changes_of(from, to);
      one("#warnings").replaceChildren(...warnings.map((text) => make("li", { textContent: text })));
      one("#warnings").hidden = warnings.length === 0;
      const sums = new Map();
      const rows = changes.map(([row, e, x, y, ratio, low, high, word]) => {
        const [group, name, operation] = embedded.rows[row];
        const sum = sums.get(e) || { ratios: [], counts: [0, 0, 0] };
        sums.set(e, sum);
        sum.ratios.push(ratio);
        sum.counts[word] += 1;
        const said = make("span", { className: `verdict ${VERDICTS[word].split(" ")[0]}`, textContent: VERDICTS[word] });
        const last = cell("", undefined, "text");
        last.append(said);
        const made = make(
          "tr",
          {},
          heading(`${name} `, make("span", { className: "soft", textContent: operation })),
          cell(group.replaceAll("_", " "), undefined, "text soft"),
          cell(embedded.engines[e], undefined, "text"),
          cell(nanoseconds(x), x),
          cell(nanoseconds(y), y),
          cell(change(ratio), ratio),
          cell(`${change(low)} to ${change(high)}`, low, "soft"),
          last,
        );
        Object.assign(made.dataset, { g: group, o: operation, e, verdict: VERDICTS[word] });
        return made;
      });
      one("#changes tbody").replaceChildren(...rows);
      one("#sums tbody").replaceChildren(
        ...Object.keys(embedded.engines).map(Number).filter((e) => sums.has(e)).map((e) => {
          const { ratios, counts } = sums.get(e);
          const made = make("tr", {}, heading(embedded.engines[e]), cell(change(mean(ratios)), mean(ratios)), ...counts.map((n) => cell(String(n), n)));
          made.dataset.e = e;
          return made;
        }),
      );
      for (const table of all("#sums, #changes")) {
        const head = sorted_by(table);
        if (head) sort(head, head.getAttribute("aria-sort"));
      }
      apply_filter();
      show_verdicts();
    };
    const show_verdicts = () => {
      for (const row of all("#changes tbody tr")) {
        const word = row.dataset.verdict;
        const wanted = !verdict.value || word === verdict.value || (verdict.value === "told apart" && word !== VERDICTS[2]);
        row.classList.toggle("off-v", !wanted);
      }
    };
    a.addEventListener("change", show_pair);
    b.addEventListener("change", show_pair);
    verdict.addEventListener("change", show_verdicts);
    // A browser that comes back to the page keeps what was chosen.
    if (a.value !== embedded.shown[0] || b.value !== embedded.shown[1] || verdict.value) show_pair();
  }

  chooser.addEventListener("change", show_record);
  for (const record of records) one(".base", record)?.addEventListener("change", () => update_ratios(record));
  show_record();
  apply_filter();
})();
