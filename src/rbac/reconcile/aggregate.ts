/** Joins several errors into one text: a single one as it is, more than one as `[a, b]`. */
export function aggregate(errors: readonly string[]): string {
  const texts = [...new Set(errors)]
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`
}
