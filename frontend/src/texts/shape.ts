/** The keys of a catalogue, with any text for each: what a translation has to have. */
export type Texts<T> = { readonly [Key in keyof T]: T[Key] extends string ? string : Texts<T[Key]> };
