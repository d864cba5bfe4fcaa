// Data inside the page: base64 of gzip, in script elements that no browser runs.
import { WRONG } from "./words";

export async function embedded(identifier: string): Promise<Uint8Array> {
  const element = document.getElementById(identifier);
  if (!element) throw new Error(WRONG.part(identifier));
  const letters = atob(element.textContent?.trim() ?? "");
  const bytes = new Uint8Array(letters.length);
  for (let place = 0; place < letters.length; place++) bytes[place] = letters.charCodeAt(place);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export const json = async <T>(identifier: string): Promise<T> => JSON.parse(new TextDecoder().decode(await embedded(identifier))) as T;
