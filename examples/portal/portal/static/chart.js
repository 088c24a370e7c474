// A chart drawn by the server, drawn again so that its values can be read under the pointer. The same
// figures stand in the table beside it, and without a script the picture stays.
import uPlot from "../assets/uPlot.esm.js";

const look = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const styles = document.createElement("link");
styles.rel = "stylesheet";
styles.href = new URL("../assets/uPlot.min.css", import.meta.url);
document.head.append(styles);

function series(color, columns) {
  return { stroke: color, width: 2, fill: columns ? color : undefined, spanGaps: false,
    paths: columns ? uPlot.paths.bars({ size: [0.7, 60] }) : undefined, points: { show: !columns } };
}

function draw(frame) {
  const { title, unit, labels, values, beside, kind, decimal } = JSON.parse(frame.dataset.chart);
  // Not every browser knows the numbers of every language.
  const number = (value) => (value === null || value === undefined ? "–"
    : String(Math.round(value * 100) / 100).replace(".", decimal));
  const picture = frame.querySelector("svg");
  const columns = kind === "columns";
  const axis = { stroke: look("--quiet"), grid: { stroke: look("--line"), width: 1 }, ticks: { show: false },
    font: "13px system-ui, sans-serif" };
  const place = document.createElement("div");
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", title);
  const told = document.createElement("p");
  told.className = "govuk-body-s nar-chart-told";
  const tell = (plot) => {
    const at = plot.cursor.idx;
    const said = at === null || at === undefined ? [] : [values, ...(beside ? [beside] : [])].map((of) => number(of[at]) + unit);
    told.textContent = said.length ? `${labels[at]}: ${said.join(" · ")}` : "\u00a0";
  };
  const every = (plot) => Math.max(1, Math.ceil(labels.length / Math.max(2, Math.floor(plot.width / 90))));
  const options = {
    width: frame.clientWidth, height: 280, legend: { show: false }, hooks: { setCursor: [tell] },
    scales: { x: { time: false, range: [-0.6, labels.length - 0.4] }, y: { range: (_plot, _low, high) => [0, (high || 1) * 1.05] } },
    axes: [{ ...axis, grid: { show: false }, splits: (plot) => labels.map((_label, at) => at).filter((at) => at % every(plot) === 0),
      values: (_plot, splits) => splits.map((at) => labels[at]) },
    { ...axis, size: 64, values: (_plot, splits) => splits.map((value) => number(value) + unit) }],
    series: [{}, series(beside ? look("--quiet") : look("--nar"), columns), ...(beside ? [series(look("--nar"), false)] : [])],
  };
  frame.append(place, told);
  const plot = new uPlot(options, [labels.map((_label, at) => at), values, ...(beside ? [beside] : [])], place);
  picture.remove();
  new ResizeObserver(() => plot.setSize({ width: frame.clientWidth, height: 280 })).observe(frame);
}

for (const frame of document.querySelectorAll("[data-chart]")) draw(frame);
