/**
 * Every text on the screen, by key: `t('tasks.title')`, in components `useTranslation()`. English is part of the first
 * load; another language is loaded when it is chosen, and falls back to English.
 */

import i18n from 'i18next';
import { initReactI18next } from 'react-i18next';
import { english } from './english';
import type { Texts } from './shape';
import { withMany, withSpaces } from './typography';

export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

type Catalogue = Texts<typeof english>;

const LOADERS: Record<Exclude<Language, 'en'>, () => Promise<Catalogue>> = {
  fr: async () => withMany(withSpaces((await import('./french')).french)),
};

/** An event of the translator: something else than the language that formatted texts depend on. */
const FORMATS_CHANGED = 'formatsChanged';

void i18n.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: english } },
  // The catalogue is here already: the first drawing has its texts.
  initAsync: false,
  // React escapes what it draws.
  interpolation: { escapeValue: false },
  react: { useSuspense: false, bindI18n: `languageChanged ${FORMATS_CHANGED}` },
});

/** For functions outside components. A component that shows what they return calls `useTranslation` as well. */
export const { t } = i18n;

/** The language on the screen. */
export function language(): Language {
  return LANGUAGES.find((known) => known === i18n.language) ?? 'en';
}

/** For `Intl`: numbers and dates as they are written there. */
export function locale(): string {
  return { en: 'en-GB', fr: 'fr-FR' }[language()];
}

let wanted: Language = 'en';

/**
 * Changes the language of every text on the screen.
 *
 * @throws when its catalogue cannot be loaded; the language stays what it was
 */
export async function speak(next: Language): Promise<void> {
  wanted = next;
  if (next !== 'en' && !i18n.hasResourceBundle(next, 'translation')) {
    i18n.addResourceBundle(next, 'translation', await LOADERS[next]());
  }
  // Another one was chosen while this one was loading.
  if (wanted !== next) return;
  if (i18n.language !== next) await i18n.changeLanguage(next);
  document.documentElement.lang = next;
}

/** Draws everything that shows a text anew: the zone of its times has changed. */
export function redraw(): void {
  i18n.emit(FORMATS_CHANGED);
}
