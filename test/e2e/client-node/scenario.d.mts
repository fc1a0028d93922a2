/** The library, and two KubeConfigs; see the docstrings in scenario.mjs. */
export function play(k8s: object, kc: object, jane: object, pass?: () => void): Promise<object>
export function connections(k8s: object, kc: object): Promise<object>
