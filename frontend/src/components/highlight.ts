/** Colours for code. Loaded when the first code is shown. */

import core from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import json from 'highlight.js/lib/languages/json';
import julia from 'highlight.js/lib/languages/julia';
import python from 'highlight.js/lib/languages/python';
import r from 'highlight.js/lib/languages/r';
import sql from 'highlight.js/lib/languages/sql';

core.registerLanguage('bash', bash);
core.registerLanguage('json', json);
core.registerLanguage('julia', julia);
core.registerLanguage('python', python);
core.registerLanguage('r', r);
core.registerLanguage('sql', sql);

export type Language = 'bash' | 'json' | 'julia' | 'python' | 'r' | 'sql';

/** HTML with a class for each kind of word, all text escaped. */
export function highlight(code: string, language: Language): string {
  return core.highlight(code, { language, ignoreIllegals: true }).value;
}
