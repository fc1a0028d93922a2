import type { Toleration, TopologySpreadConstraint } from '../../api/core/generated.js'
import { formatSelector } from '../../api/labels.js'
import type { DescriptionWriter } from './writer.js'
import { writeList } from './writer.js'

/** Tolerations by their keys. Source: kubectl pkg/describe printTolerationsMultilineWithIndent. */
export function writeTolerations(
  out: DescriptionWriter,
  title: string,
  tolerations: readonly Toleration[] = [],
): void {
  const keyOf = ({ key = '' }: Toleration): string => key
  writeList(
    out,
    title,
    tolerations
      .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
      .map(tolerationText),
  )
}

function tolerationText({
  key = '',
  value = '',
  effect = '' as NonNullable<Toleration['effect']>,
  operator,
  tolerationSeconds,
}: Toleration): string {
  const head = `${key}${value === '' ? '' : `=${value}`}${(effect as string) === '' ? '' : `:${effect}`}`
  const exists = operator === 'Exists' && value === '' ? `${head === '' ? '' : ' '}op=Exists` : ''
  return `${head}${exists}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`}`
}

/** `zone:DoNotSchedule when max skew 1 is exceeded for selector app=web` */
export function constraintText({
  topologyKey,
  whenUnsatisfiable,
  maxSkew,
  labelSelector,
}: TopologySpreadConstraint): string {
  const selector = labelSelector === undefined ? '' : ` for selector ${formatSelector(labelSelector)}`
  return `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}`
}
