"use strict";
// The figures follow what is typed. Without this script the button "Try" shows the same.
(() => {
  const form = document.getElementById("bench");
  const count = document.getElementById("count");
  const PAUSE = 250; // milliseconds without a key
  let timer = 0;
  let running = null;

  function put(place, html) {
    const target = document.getElementById(place === "toml" ? "shown-toml" : place);
    if (!target) return;
    const body = new DOMParser().parseFromString(html, "text/html").body;
    if (place === "toml") {
      target.textContent = body.textContent;
      return;
    }
    const said = body.querySelector(".count");
    if (said) {
      said.remove();
      if (count.textContent !== said.textContent) count.replaceChildren(...said.childNodes);
    }
    target.replaceChildren(...body.childNodes);
  }

  function show(line) {
    const part = JSON.parse(line);
    if (part.problem) count.textContent = part.problem;
    else for (const [place, html] of Object.entries(part)) put(place, html);
  }

  async function figures() {
    if (running) running.abort();
    const mine = (running = new AbortController());
    form.setAttribute("aria-busy", "true");
    try {
      const asked = { method: "POST", body: new URLSearchParams(new FormData(form)), signal: mine.signal };
      const answer = await fetch("/workbench/figures", asked);
      if (!answer.ok) throw new Error(`The page answered ${answer.status}.`);
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
  figures();
})();
