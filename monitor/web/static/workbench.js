"use strict";
// The figures follow what is typed, and judging an article leaves the page as it is. Without this script the buttons
// "Try", "Belongs" and "Does not" do the same with a new page.
(() => {
  const form = document.getElementById("bench");
  const count = document.getElementById("count");
  const PAUSE = 250; // milliseconds without a key
  const FOCUSED = "a, button, summary, [tabindex]";
  let timer = 0;
  let running = null;

  // What has the focus within a place, as a function that finds the same again after the place has changed.
  function focusWithin(target) {
    const had = document.activeElement;
    if (!target.contains(had)) return () => {};
    const key = (element) => element.value || element.getAttribute("href") || element.textContent;
    const number = [...target.querySelectorAll(FOCUSED)].indexOf(had);
    return () => {
      const found = [...target.querySelectorAll(FOCUSED)];
      const next = found.find((each) => key(each) === key(had)) || found[Math.min(number, found.length - 1)];
      (next || document.getElementById("content")).focus({ preventScroll: true });
    };
  }

  function put(place, html) {
    const target = document.getElementById(place === "toml" ? "shown-toml" : place);
    if (!target) return;
    const body = new DOMParser().parseFromString(html, "text/html").body;
    if (place === "toml" || place === "said") {
      target.textContent = body.textContent;
      return;
    }
    const said = body.querySelector(".count");
    if (said) {
      said.remove();
      if (count.textContent !== said.textContent) count.replaceChildren(...said.childNodes);
    }
    const focus = focusWithin(target);
    target.replaceChildren(...body.childNodes);
    focus();
  }

  function show(line) {
    const part = JSON.parse(line);
    if (part.problem) count.textContent = part.problem;
    else for (const [place, html] of Object.entries(part)) put(place, html);
  }

  async function refusal(answer) {
    const isText = (answer.headers.get("content-type") || "").startsWith("text/plain");
    return new Error(isText ? await answer.text() : `The page answered ${answer.status}.`);
  }

  // With the button of an article, that one is judged before.
  async function figures(button) {
    if (running) running.abort();
    const mine = (running = new AbortController());
    form.setAttribute("aria-busy", "true");
    try {
      const fields = new URLSearchParams(new FormData(form));
      if (button) fields.set(button.name, button.value);
      const answer = await fetch("/workbench/figures", { method: "POST", body: fields, signal: mine.signal });
      if (!answer.ok) throw await refusal(answer);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
        const lines = (rest + value).split("\n");
        rest = lines.pop();
        lines.forEach(show);
      }
    } catch (error) {
      if (!mine.signal.aborted) count.textContent = `The figures are old: ${error.message}`;
    }
    if (running === mine) form.removeAttribute("aria-busy");
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(figures, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !/^(yes|no):/.test(button.value)) return;
    event.preventDefault();
    clearTimeout(timer);
    figures(button);
  });
  figures();
})();
