import type { HostState, JobState } from './state.js'

interface JobMachine {
  readonly state: HostState
  readonly cluster: { now(): number }
}

/** The jobs that run in the background of a machine's terminal, oldest first. */
export const jobsOf = ({ state, cluster }: JobMachine): readonly JobState[] =>
  (state.jobs ?? []).filter(({ until }) => until === undefined || until > cluster.now())

/** Ends a job. */
export function endJob({ state }: JobMachine, { pid }: JobState): void {
  state.jobs = (state.jobs ?? []).filter((job) => job.pid !== pid)
}
