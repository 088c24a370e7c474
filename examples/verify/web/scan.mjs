// QR codes from the camera and from photographs, read in the browser: no picture leaves it. `decode` is
// jsQR; whoever uses this decides what a text means.

const PAUSE = 120; // milliseconds between looks at the camera
const SIDES = [1000, 1800, 600]; // a photograph is tried at these sizes: a small one blurs noise away

function look(source, width, height, decode) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(source, 0, 0, width, height);
  const { data } = pen.getImageData(0, 0, width, height);
  return decode(data, width, height, { inversionAttempts: "dontInvert" })?.data || null;
}

function scaled(width, height, side) {
  const by = Math.min(1, side / Math.max(width, height));
  return [Math.max(1, Math.round(width * by)), Math.max(1, Math.round(height * by))];
}

export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

/** Shows the camera in a video until a code is found or stop is called. Rejects where the camera is
 *  refused or missing. onText(text) is called once. */
export async function scan(video, decode, onText) {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false,
  });
  let isOn = true;
  const stop = () => {
    isOn = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  video.srcObject = stream;
  await video.play();
  const turn = () => {
    if (!isOn) return;
    const found = video.videoWidth
      ? look(video, ...scaled(video.videoWidth, video.videoHeight, 1280), decode) : null;
    if (found) {
      stop();
      onText(found);
    } else {
      setTimeout(turn, PAUSE);
    }
  };
  turn();
  return stop;
}

/** The text of the code on a photograph; null where none is found. Rejects for what is no picture. */
export async function readPhoto(file, decode) {
  const picture = await createImageBitmap(file);
  for (const side of SIDES) {
    const found = look(picture, ...scaled(picture.width, picture.height, side), decode);
    if (found) return found;
  }
  return null;
}

/** The host of a code of a portal; null for any other text. */
export const hostOf = (text) => /^HTTPS:\/\/([^/]+)\/V\//i.exec(text)?.[1].toLowerCase() ?? null;
