import type { Pod } from '../../api/core/generated.js'
import { programOf } from '../commands/programs.js'
import type { ProcessEntry, World } from '../commands/command.js'
import { FileSystem } from '../files/file-system.js'
import type { FileUser } from '../files/file-system.js'
import { accountOf } from '../security-context/accounts.js'
import { SHELLS } from '../shell/shell-call.js'
import { mountsOf } from './container-mounts.js'
import type { ContainerView } from './container-view.js'
import { hostnameOf, userOf } from './container-view.js'
import { hasProgram } from './start-plan.js'

/** The port to the processes of a machine. */
export interface Processes {
  list(): readonly ProcessEntry[]
  kill(pid: number, signal: number): boolean
}

/** What a process sees; the port to the processes is the caller's. */
export class ContainerWorld implements World {
  readonly now: number
  readonly user: FileUser
  readonly hostname: string
  readonly userName: string | undefined
  readonly network: World['network']
  readonly #view: ContainerView
  readonly #processes: Processes
  #files: FileSystem | undefined

  constructor(view: ContainerView, processes: Processes) {
    const { sandbox, image, surroundings, now } = view
    const pod =
      sandbox.pod ??
      ({
        metadata: { name: sandbox.name, namespace: sandbox.namespace },
        spec: { containers: [] },
        status: {},
      } as unknown as Pod)
    this.now = now
    this.user = userOf(view)
    this.hostname = hostnameOf(sandbox)
    this.userName = accountOf(image, this.user.uid)?.name
    this.network = surroundings.networkOf(pod, sandbox.ip ?? '')
    this.#view = view
    this.#processes = processes
  }

  get files(): FileSystem {
    return (this.#files ??= new FileSystem(mountsOf(this.#view), this.user, () => this.now))
  }

  has(program: string): boolean {
    return hasProgram(this.#view.image, program) && (SHELLS.has(program) || programOf(program) !== undefined)
  }

  processes(): readonly ProcessEntry[] {
    return this.#processes.list()
  }

  kill(pid: number, signal: number): boolean {
    return this.#processes.kill(pid, signal)
  }
}
