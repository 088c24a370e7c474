// The map drawn by the server, drawn again so that it can be moved and brought nearer. Its shapes come
// from the portal itself, its circles from the table below it; without a script the picture stays.
import { circleMarker, geoJSON, map as makeMap } from "../assets/leaflet-src.esm.js";

const styles = document.createElement("link");
styles.rel = "stylesheet";
styles.href = new URL("../assets/leaflet.css", import.meta.url);
document.head.append(styles);

async function draw(frame) {
  const answer = await fetch(frame.dataset.outline);
  if (!answer.ok) return;
  const outline = geoJSON(await answer.json(), { className: "nar-map__land", interactive: false });
  const place = document.createElement("div");
  place.className = "nar-map nar-map--near";
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", frame.dataset.title);
  await new Promise((done) => { styles.sheet ? done() : styles.addEventListener("load", done); });
  frame.append(place);
  const map = makeMap(place, { zoomSnap: 0.25, attributionControl: false, scrollWheelZoom: false, zoomControl: false });
  outline.addTo(map);
  map.fitBounds(outline.getBounds());
  map.setMaxBounds(outline.getBounds().pad(0.3));
  map.setMinZoom(map.getZoom() - 0.5);
  for (const button of frame.querySelectorAll("[data-zoom]")) {
    button.closest("p").hidden = false;
    button.addEventListener("click", () => map.setZoom(map.getZoom() + Number(button.dataset.zoom)));
  }
  for (const row of document.querySelectorAll("[data-latitude]")) {
    const { latitude, longitude, size, level, text } = row.dataset;
    const circle = circleMarker([latitude, longitude], { radius: Number(size), weight: 1,
      className: `nar-map__centre nar-map__centre--${level}` });
    // The texts come from files that people bring in.
    const words = document.createElement("span");
    words.textContent = text;
    circle.bindTooltip(words).addTo(map);
    circle.on("click", () => { window.location.hash = row.id; });
  }
  frame.querySelector("svg").remove();
}

for (const frame of document.querySelectorAll("[data-map]")) draw(frame);
