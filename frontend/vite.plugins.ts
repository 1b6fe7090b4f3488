/** What our build does beyond Vite: files packed for the network, hints of what an address will ask for, a check. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

type Bundle = Rolldown.OutputBundle;

/** Below this, packing saves less than the header that tells of it. */
const LEAST_BYTES = 1000;
const PACKED = /\.(js|css|svg)$/;
/** Above this, the last few percent would take longer than all else of the build. */
const MOST_BYTES = 1_000_000;
const PACKERS = {
  '.br': (content: Buffer) =>
    promisify(brotliCompress)(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: content.length > MOST_BYTES ? 9 : constants.BROTLI_MAX_QUALITY },
    }),
  '.gz': (content: Buffer) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
};

/** Puts a packed copy beside each file: the server never packs one twice, and as tightly as it gets. */
export function packed(): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const large = Object.values(bundle)
        .map((file) => ({ name: file.fileName, content: Buffer.from(file.type === 'chunk' ? file.code : file.source) }))
        .filter(({ name, content }) => PACKED.test(name) && content.length >= LEAST_BYTES);
      await Promise.all(
        large.flatMap(({ name, content }) =>
          Object.entries(PACKERS).map(async ([ending, pack]) => writeFile(join(dir, name + ending), await pack(content))),
        ),
      );
    },
  };
}

/** What is at an address: a regular expression of its path, as JavaScript and Python understand it. */
export interface Place {
  path: string;
  /** Modules that are loaded when it is opened. */
  modules: string[];
  /** What its page asks the server for; `\1` is what the first group of the path holds. */
  data: string[];
}

/**
 * Writes `places.json`, from which the server tells a browser together with the page what that will load: or it would
 * learn of a page's code only from the frame around it, and of its data only from that code.
 */
export function places(known: readonly Place[]): Plugin {
  return {
    name: 'places',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const frame = filesOf(bundle, entryOf(bundle), new Set());
        const source = known.map(({ path, modules, data }) => {
          const files = new Set<string>();
          for (const module of modules) filesOf(bundle, chunkOf(bundle, module), files);
          const own = [...files].filter((file) => !frame.has(file)).map((file) => `/${file}`);
          return { path, scripts: own.filter((file) => file.endsWith('.js')), styles: own.filter((file) => file.endsWith('.css')), data };
        });
        this.emitFile({ type: 'asset', fileName: 'places.json', source: JSON.stringify(source) });
      },
    },
  };
}

function chunks(bundle: Bundle): Rolldown.OutputChunk[] {
  return Object.values(bundle).filter((file) => file.type === 'chunk');
}

function entryOf(bundle: Bundle): Rolldown.OutputChunk {
  const found = chunks(bundle).find((chunk) => chunk.moduleIds.some((id) => id.endsWith('/src/main.tsx')));
  if (!found) throw new Error('No chunk has src/main.tsx.');
  return found;
}

function chunkOf(bundle: Bundle, module: string): Rolldown.OutputChunk {
  const found = chunks(bundle).find((chunk) => chunk.facadeModuleId?.endsWith(module));
  if (!found) throw new Error(`No chunk is that of ${module}.`);
  return found;
}

/** A chunk with all that it needs at once. */
function filesOf(bundle: Bundle, chunk: Rolldown.OutputChunk, files: Set<string>): Set<string> {
  if (files.has(chunk.fileName)) return files;
  files.add(chunk.fileName);
  for (const style of chunk.viteMetadata?.importedCss ?? []) files.add(style);
  for (const name of chunk.imports) {
    const imported = bundle[name];
    if (imported?.type === 'chunk') filesOf(bundle, imported, files);
  }
  return files;
}

const COMPONENT_STYLES = /@mantine\/core\/styles\/(\w+)\.layer\.css$/;
const COMPONENT_CLASSES = /@mantine\/core\/.*\/(\w+)\.module\.mjs$/;

/** Fails where a component is used whose styles are not among those of `src/app/componentStyles.ts`. */
export function checkedStyles(): Plugin {
  return {
    name: 'checked-styles',
    apply: 'build',
    generateBundle(_, bundle) {
      const used = chunks(bundle).flatMap(({ moduleIds }) => moduleIds.map((id) => COMPONENT_CLASSES.exec(id)?.[1]));
      const styled = new Set([...this.getModuleIds()].map((id) => COMPONENT_STYLES.exec(id)?.[1]));
      const missing = used.filter((name) => name !== undefined && !styled.has(name));
      if (missing.length > 0) throw new Error(`src/app/componentStyles.ts lacks the styles of ${missing.join(', ')}.`);
    },
  };
}
