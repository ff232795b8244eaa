/** The size of a picture as it is shown. */
import { imageSize } from 'image-size';

/** Width and height in pixels. Throws if these bytes are no picture. */
export function pictureSize(bytes: Uint8Array): { width: number; height: number } {
  const { width, height, orientation = 1 } = imageSize(bytes);
  // From the fifth on, the camera lay on its side: see the TIFF standard, tag 274.
  return orientation < 5 ? { width, height } : { width: height, height: width };
}
