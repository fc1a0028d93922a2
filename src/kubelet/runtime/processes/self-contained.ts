import type { Container } from '../../../api/core/generated.js'
import { baseOf, SHELLS, shellCall } from '../../../shell/interpreter/shell-call.js'
import type { StartPlan } from './start-plan.js'

/**
 * Which commands of containers, probes and hooks run:
 * - `run`: those whose program the built-in shell has.
 * - `self-contained`: of these, only those whose outcome depends on nothing but themselves, such as `sleep
 *   60` and `sh -c 'exit 1'`. All others are taken to work: the container runs until it is stopped, and ends
 *   with 0 in init containers and Jobs; probes and hooks succeed.
 */
export type OnCommand = 'run' | 'self-contained'

/** Programs and builtins that need no file, no network and no other program. */
const ALONE = new Set(
  (
    ': [ [[ basename break continue date dirname echo exit export expr false local printf pwd readonly ' +
    'return seq set shift sleep test trap true umask unset wait'
  ).split(' '),
)
const KEYWORDS = /^(?:if|then|elif|else|fi|while|until|do|done|!|\{|\}|time)\s+/

/** Whether the outcome of a command depends on nothing but its words. */
export function isSelfContained(words: readonly string[]): boolean {
  const program = baseOf(words[0] ?? '')
  if (program === undefined) return false
  if (!SHELLS.has(program)) return ALONE.has(program)
  const { isCommand, first } = shellCall(words)
  return isCommand && first !== undefined && isScriptAlone(first)
}

/** Characters beyond which a script is not looked at: quotes that are open take the square. */
const LONGEST = 4_000

/** Looks at the first word of each command of a script; what it does not understand needs something. */
function isScriptAlone(script: string): boolean {
  if (script.length > LONGEST || /<|\bcase\b|\bfunction\b|\(\)/.test(script)) return false
  const commands = script
    .replaceAll(/'[^']*'|"(?:[^"\\`$]|\\.|\$(?!\())*"/g, 'x')
    .split(/\|\||&&|\$\(|[;&|\n()`]/)
  return commands.every((command) => {
    let rest = `${command.trim()} `
    while (KEYWORDS.test(rest)) rest = rest.replace(KEYWORDS, '')
    rest = rest.replace(/^(?:\w+=\S*\s+)+/, '').trim()
    const [word = ''] = rest.split(/\s+/)
    return (
      word === '' ||
      /^(?:#|>|\d>|fi$|done$|then$|do$|else$|[{}]$|for$)/.test(word) ||
      ALONE.has(baseOf(word) ?? '')
    )
  })
}

/** Where the settings of programs are mounted. */
const SETTINGS = /^\/(?:etc|opt|usr|conf|config)(?:\/|$)/

/** Returns the plan, with what depends on files, on the network or on settings assumed to work. */
export function assumedUnlessAlone(plan: StartPlan, container: Container | undefined): StartPlan {
  if (plan.kind === 'error') return plan
  if (plan.kind === 'process')
    return isSelfContained(plan.words) ? plan : { kind: 'assumed', words: plan.words }
  return container !== undefined && hasOwnSettings(container) ? { kind: 'assumed', words: plan.words } : plan
}

/** Whether a container is told to do something else than its image does by itself. */
export const hasOwnSettings = ({ command, args, volumeMounts }: Container): boolean =>
  (command ?? []).length > 0 ||
  (args ?? []).length > 0 ||
  (volumeMounts ?? []).some(({ mountPath }) => SETTINGS.test(mountPath))
