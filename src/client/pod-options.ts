/** Query of `pods/NAME/log`. Source: core/v1 PodLogOptions. */
export interface PodLogOptions {
  readonly container?: string
  readonly follow?: boolean
  readonly previous?: boolean
  readonly timestamps?: boolean
  readonly sinceSeconds?: number
  /** RFC 3339. */
  readonly sinceTime?: string
  readonly tailLines?: number
  readonly limitBytes?: number
}

/** Query of `pods/NAME/exec` and `attach`. Source: core/v1 PodExecOptions, PodAttachOptions. */
export interface PodExecOptions {
  readonly container?: string
  readonly command?: readonly string[]
  readonly stdin?: boolean
  readonly stdout?: boolean
  readonly stderr?: boolean
  readonly tty?: boolean
}

/** Query of `pods/NAME/portforward`. Source: core/v1 PodPortForwardOptions. */
export interface PodPortForwardOptions {
  readonly ports?: readonly number[]
}
