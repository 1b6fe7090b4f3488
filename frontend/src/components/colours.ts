/** Of buttons that end something for good; the same in both schemes, for its white words. */
export const DANGER = '#c2282d';
