import type { Command } from '../command.js'
import { UsageError } from '../command.js'
import { onlyWord } from '../files.js'

const flagsOf = ({ flags }: Command): readonly string[] => [
  ...Object.keys(flags).map((name) => `--${name}`),
  '--help',
]

function bash(commands: readonly Command[]): string {
  const cases = commands.map((one) => `    ${one.name}) words='${flagsOf(one).join(' ')}' ;;`)
  return `_simcluster() {
  local words='${commands.map(({ name }) => name).join(' ')} help'
  [ "$COMP_CWORD" -gt 1 ] && case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words='' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ "\${#COMPREPLY[@]}" -eq 0 ] && compopt -o default
  return 0
}
complete -F _simcluster simcluster
`
}

/** zsh runs functions of bash. */
const zsh = (commands: readonly Command[]): string =>
  `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`

const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap((one) => [
    `complete -c simcluster -n __fish_use_subcommand -a ${one.name} -d ${quoted(one.about)}`,
    ...Object.entries(one.flags).map(
      ([name, { about, value }]) =>
        `complete -c simcluster -n '__fish_seen_subcommand_from ${one.name}' -l ${name}` +
        `${value === undefined ? '' : ' -r'} -d ${quoted(about)}`,
    ),
  ])
  return `${lines.join('\n')}\n`
}

const SHELLS: Readonly<Record<string, (commands: readonly Command[]) => string>> = { bash, zsh, fish }

/** `simcluster completion`, for the commands that `commands` returns. */
export function completionCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'completion',
    about: 'Prints a completion script for bash, zsh or fish.',
    words: 'SHELL',
    flags: {},
    examples: ['source <(simcluster completion bash)', 'simcluster completion fish | source'],
    run: ({ words }, terminal) => {
      const shell = onlyWord(words, 'shell')
      const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined
      if (script === undefined) throw new UsageError(`completion ${shell}: write bash, zsh or fish`)
      terminal.out(script(commands()))
      return 0
    },
  }
}
