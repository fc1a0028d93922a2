import { invalid, type FieldError } from '../field-error.js'
import type { Labels } from '../selectors/labels.js'

/** A level of the Pod Security Standards. */
export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted'

const LEVELS: readonly string[] = [
  'privileged',
  'baseline',
  'restricted',
] satisfies readonly PodSecurityLevel[]

/** A level under the rules of a minor; `latest` is Infinity. */
export interface LevelVersion {
  readonly level: PodSecurityLevel
  readonly minor: number
}

/** The levels in the labels of a namespace. */
export interface PodSecurityPolicyLabels {
  readonly enforce: LevelVersion
  readonly audit: LevelVersion
  readonly warn: LevelVersion
}

const PREFIX = 'pod-security.kubernetes.io/'
const MODES = ['enforce', 'audit', 'warn'] as const
const PRIVILEGED: LevelVersion = { level: 'privileged', minor: Infinity }

/** `restricted:latest`, `baseline:v1.25` */
export function levelText({ level, minor }: LevelVersion): string {
  return `${level}:${minor === Infinity ? 'latest' : `v1.${minor}`}`
}

/** Returns the strictness of a level: 0 to 2. */
export function strictness({ level }: LevelVersion): number {
  return LEVELS.indexOf(level)
}

/** Whether two levels are equivalent. */
export function sameLevel(a: LevelVersion, b: LevelVersion): boolean {
  return a.level === b.level && a.minor === b.minor
}

/**
 * Parses a level and a version. An invalid version counts as `latest`, an invalid level as the strictest.
 * Source: api/helpers.go PolicyToEvaluate.
 */
function levelOf(labels: Labels, mode: (typeof MODES)[number]): LevelVersion {
  const level = labels[PREFIX + mode]
  if (level === undefined) return PRIVILEGED
  const version = /^v1\.(0|[1-9]\d*)$/.exec(labels[`${PREFIX}${mode}-version`] ?? '')
  const isKnown = LEVELS.includes(level)
  if (!isKnown && mode !== 'enforce') return PRIVILEGED
  return {
    level: isKnown ? (level as PodSecurityLevel) : 'restricted',
    minor: version === null ? Infinity : Number(version[1]),
  }
}

/** Parses the labels of a namespace. */
export function podSecurityPolicy(labels: Labels = {}): PodSecurityPolicyLabels {
  return {
    enforce: levelOf(labels, 'enforce'),
    audit: levelOf(labels, 'audit'),
    warn: levelOf(labels, 'warn'),
  }
}

/** Returns the faults of the labels of a namespace. */
export function podSecurityLabelFaults(labels: Labels = {}): readonly FieldError[] {
  const field = (key: string): string => `metadata.labels[${key}]`
  return MODES.flatMap((mode): readonly FieldError[] => {
    const [level, version] = [labels[PREFIX + mode], labels[`${PREFIX}${mode}-version`]]
    return [
      ...(level === undefined || LEVELS.includes(level)
        ? []
        : [invalid(field(PREFIX + mode), level, `must be one of ${LEVELS.join(', ')}`)]),
      ...(version === undefined ||
      version === '' ||
      version === 'latest' ||
      /^v1\.(0|[1-9]\d*)$/.test(version)
        ? []
        : [invalid(field(`${PREFIX}${mode}-version`), version, 'must be "latest" or "v1.x"')]),
    ]
  })
}
