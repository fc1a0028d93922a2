/**
 * Scales scores in place so that the largest becomes 100 (with `reverse`: so that 0 becomes 100 and the
 * largest 0), rounding down. Source: framework/plugins/helper/normalize_score.go.
 */
export function scaleToMax(scores: number[], reverse = false): void {
  let max = 0
  for (const score of scores) if (score > max) max = score
  for (let at = 0; at < scores.length; at++) {
    const scaled = max === 0 ? 0 : Math.floor((100 * (scores[at] as number)) / max)
    scores[at] = reverse ? 100 - scaled : scaled
  }
}
