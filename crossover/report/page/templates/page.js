// Draws each chart from the specification next to it. Expressions are interpreted: the page forbids eval.
const options = { mode: "vega-lite", renderer: "svg", actions: false, ast: true, tooltip: { theme: "page" } };

async function draw(place) {
  const spec = JSON.parse(document.getElementById(place.dataset.spec).textContent);
  try {
    const { view } = await vegaEmbed(place, spec, options);
    place.querySelector("svg").setAttribute("aria-hidden", "true"); // the place has the words
    place.dataset.drawn = "yes";
    window.addEventListener("beforeprint", () => view.resize().run());
  } catch (error) {
    place.textContent = "The chart could not be drawn; its data is below.";
    console.error(error);
  }
}

document.querySelectorAll("[data-spec]").forEach(draw);
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
});
