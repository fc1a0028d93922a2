/** `'a',  or 'b',  or 'c'`: how validation texts list their examples, double blanks included. */
export function formatList(examples: readonly string[]): string {
  return examples.map((example) => `'${example}'`).join(',  or ')
}
