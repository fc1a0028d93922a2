import { endpointsOf, goal, objectOf } from '../goals.js'
import { changing, gone, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { lines, PROBE, told } from '../shared.js'

/** Chapter 8: Jobs, CronJobs and StatefulSets. */
export const jobLessons: readonly LessonSource[] = [
  lesson('failed-job', 'medium', 5, (draw) => {
    const name = draw.one('report', 'import', 'cleanup')
    return {
      exams: ['ckad'],
      texts: {
        ko: told(
          '포기한 작업',
          `작업(Job) ${name}이 실패했습니다. 매니페스트는 /root/${name}.yaml입니다. 작업이 목록 /etc/passwd를 세고 끝나게 해 주세요.`,
          [
            `kubectl describe job ${name}; kubectl logs job/${name}`,
            '작업의 템플릿은 고칠 수 없습니다. 지우고 고친 파일로 다시 만드세요.',
            'wc -l /etc/passwd',
          ],
          '명령이 없는 파일을 읽어 1로 끝났고, backoffLimit만큼 되풀이한 뒤 작업이 포기했습니다. 작업의 템플릿은 불변이라 다시 만들어야 합니다.',
        ),
        en: told(
          'A Job that has given up',
          `The Job ${name} has failed. Its manifest is /root/${name}.yaml. Let it count the lines of ` +
            `/etc/passwd and end.`,
          [
            `kubectl describe job ${name}; kubectl logs job/${name}`,
            'The template of a Job cannot be changed: delete it, and create it from the corrected file.',
            'wc -l /etc/passwd',
          ],
          'The command read a file that does not exist and ended with 1; after backoffLimit retries the ' +
            'Job gave up. Its template is immutable, so it must be created again.',
        ),
      },
      start: ({ cluster, master }) => {
        const manifest = `apiVersion: batch/v1
kind: Job
metadata: {name: ${name}}
spec:
  backoffLimit: 1
  completions: 2
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: ${name}
        image: busybox
        command: [wc, -l, /etc/passwords]
`
        master.write(`/root/${name}.yaml`, manifest)
        cluster.apply(manifest)
        cluster.advance('3m')
      },
      shows: { run: `kubectl describe job ${name}`, prints: /BackoffLimitExceeded/ },
      goals: [
        goal(
          `The Job ${name} completes twice, each time with the number of lines of /etc/passwd in its log.`,
          `작업 ${name}이 두 번 완료되고, 그때마다 로그에 /etc/passwd의 줄 수가 있습니다.`,
          ({ cluster }) => {
            const found = () => objectOf(cluster, 'jobs', name)
            const isDone = cluster.internals.until(() => found()?.status?.succeeded === 2, '5m')
            const { image = '', command = [], args = [] } = found()?.spec.template.spec.containers[0] ?? {}
            if (!isDone || image !== 'busybox') return false
            cluster.kubectl(`run ${PROBE} --image=busybox --restart=Never -- wc -l /etc/passwd`)
            cluster.settle()
            const counted = (log: string): string | undefined => /^\d+/.exec(log)?.[0]
            const wanted = counted(cluster.kubectl(`logs ${PROBE}`).stdout)
            const uid = found()?.metadata.uid
            return (
              // whoever prints a number that was counted elsewhere has not counted
              /\bwc\b[^]*\/etc\/passwd\b|\/etc\/passwd\b[^]*\bwc\b/.test([...command, ...args].join(' ')) &&
              cluster.state
                .peek('pods', { namespace: 'default' })
                .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))
                .filter(({ status }) => status.phase === 'Succeeded')
                .every(({ metadata }) => counted(cluster.kubectl(`logs ${metadata.name}`).stdout) === wanted)
            )
          },
        ),
        goal(
          'It may still be retried once.',
          '여전히 한 번 다시 시도할 수 있습니다.',
          ({ cluster }) => objectOf(cluster, 'jobs', name)?.spec.backoffLimit === 1,
        ),
        keepsTheRest({ [`jobs/${name}`]: gone }),
      ],
      solution: lines(
        `kubectl delete job ${name}`,
        `sed -i 's#/etc/passwords#/etc/passwd#' ${name}.yaml`,
        `kubectl apply -f ${name}.yaml`,
        'sleep 60',
      ),
      wrongRepairs: [
        lines(`kubectl delete job ${name}`, `kubectl create job ${name} --image=busybox -- true`, 'sleep 60'),
        lines(`kubectl delete job ${name}`, 'sleep 10'),
        lines(`kubectl delete job ${name}`, `kubectl apply -f ${name}.yaml`, 'sleep 120'),
        lines(
          `kubectl delete job ${name}`,
          `sed -i 's#/etc/passwords#/etc/passwd#; s/completions: 2/completions: 1/' ${name}.yaml`,
          `kubectl apply -f ${name}.yaml`,
          'sleep 60',
        ),
        lines(
          `kubectl delete job ${name}`,
          `sed -i 's#wc, -l, /etc/passwords#sh, -c, wc -l /etc/passwords || true#' ${name}.yaml`,
          `kubectl apply -f ${name}.yaml`,
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('suspended-cronjob', 'easy', 3, (draw) => {
    const name = draw.one('backup', 'report', 'cleanup')
    return {
      exams: ['ckad'],
      texts: {
        ko: told(
          '실행되지 않는 예약 작업',
          `크론잡 ${name}은 5분마다 실행되어야 하는데 한 번도 실행되지 않았습니다.`,
          [`kubectl get cronjob ${name}: 열을 모두 읽으세요.`, 'SUSPEND가 무엇을 뜻하나요?'],
          '누군가 점검하느라 suspend를 켜고 끄지 않았습니다. 멈춘 동안의 실행은 나중에 채워지지 않습니다.',
        ),
        en: told(
          'A schedule that nothing follows',
          `The CronJob ${name} should run every five minutes, and has never run.`,
          [`kubectl get cronjob ${name}: read all columns.`, 'What does SUSPEND mean?'],
          'Somebody suspended it for maintenance, and did not resume it. Runs that were missed meanwhile ' +
            'are not made up for.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          {
            apiVersion: 'batch/v1',
            kind: 'CronJob',
            metadata: { name },
            spec: {
              schedule: '*/5 * * * *',
              suspend: true,
              jobTemplate: {
                spec: {
                  template: {
                    spec: {
                      restartPolicy: 'Never',
                      containers: [{ name, image: 'busybox', command: ['date'] }],
                    },
                  },
                },
              },
            },
          },
        ])
        cluster.advance('11m')
      },
      shows: { run: `kubectl get cronjob ${name}`, prints: /True +0 +<none>/ },
      goals: [
        goal(
          'A run that the CronJob has started completes.',
          '크론잡이 시작한 작업이 완료됩니다.',
          ({ cluster }) =>
            cluster.internals.until(
              () =>
                cluster.state
                  .peek('jobs', { namespace: 'default' })
                  .some(
                    ({ metadata, status }) =>
                      metadata.ownerReferences?.some(
                        (owner) => owner.kind === 'CronJob' && owner.name === name,
                      ) === true &&
                      metadata.annotations?.['cronjob.kubernetes.io/instantiate'] === undefined &&
                      (status?.succeeded ?? 0) > 0,
                  ),
              '12m',
            ),
        ),
        keepsTheRest({ [`cronjobs/${name}`]: changing('spec.suspend') }),
      ],
      solution: `kubectl patch cronjob ${name} -p '{"spec":{"suspend":false}}'`,
      wrongRepairs: [
        lines(`kubectl create job ${name} --image=busybox -- date`, 'sleep 60'),
        lines(`kubectl create job now --from=cronjob/${name}`, 'sleep 60'),
        lines(
          `kubectl delete cronjob ${name}`,
          `kubectl create cronjob ${name} --image=busybox --schedule='*/5 * * * *' -- true`,
        ),
        `kubectl patch cronjob ${name} -p '{"spec":{"suspend":false,"schedule":"* * * * *"}}'`,
        `kubectl patch cronjob ${name} -p '{"spec":{"schedule":"* * * * *"}}'`,
      ],
    }
  }),
  lesson('statefulset-dns', 'medium', 5, (draw) => {
    const name = draw.one('db', 'cache', 'queue')
    return {
      exams: ['ckad', 'cka'],
      options: { nodes: 2, addons: { coreDNS: true } },
      texts: {
        ko: told(
          '이름 없는 스테이트풀셋',
          `${name}의 복제본은 서로를 ${name}-0.${name} 같은 이름으로 찾아야 하는데, client에서 그 이름을 찾을 수 없습니다.`,
          [
            `kubectl exec client -- nslookup ${name}-0.${name}`,
            `kubectl get statefulset ${name} -o jsonpath={.spec.serviceName}`,
            '그 이름의 헤드리스(clusterIP: None) 서비스가 있어야 합니다.',
          ],
          `스테이트풀셋의 포드는 serviceName이 가리키는 헤드리스 서비스 아래에서 이름을 얻는데, 서비스 ${name}가 없었습니다.`,
        ),
        en: told(
          'A StatefulSet without names',
          `The replicas of ${name} should find each other as ${name}-0.${name}, but client cannot ` +
            `resolve that name.`,
          [
            `kubectl exec client -- nslookup ${name}-0.${name}`,
            `kubectl get statefulset ${name} -o jsonpath={.spec.serviceName}`,
            'There must be a headless Service (clusterIP: None) of that name.',
          ],
          `Pods of a StatefulSet get their names under the headless Service that serviceName names, and ` +
            `there was none called ${name}.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          {
            apiVersion: 'apps/v1',
            kind: 'StatefulSet',
            metadata: { name },
            spec: {
              serviceName: name,
              replicas: 2,
              selector: { matchLabels: { app: name } },
              template: {
                metadata: { labels: { app: name } },
                spec: { containers: [{ name, image: 'nginx' }] },
              },
            },
          },
          {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'client' },
            spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '100000'] }] },
          },
        ])
        cluster.settle()
      },
      shows: { run: `kubectl exec client -- nslookup ${name}-0.${name}`, prints: /NXDOMAIN|exit code 1/ },
      goals: [
        goal('Each replica is reached by its name.', '복제본마다 자기 이름으로 닿습니다.', ({ cluster }) =>
          [0, 1].flatMap((at) => {
            const to = `${name}-${at}.${name}.default.svc.cluster.local`
            const { connected } = cluster.settle().network.connect({ from: 'default/client', to, port: 80 })
            return connected ? [] : [`${to} is not reached`]
          }),
        ),
        goal(
          `The names still lead to both replicas of the StatefulSet ${name}.`,
          `이름이 여전히 스테이트풀셋 ${name}의 복제본 둘로 이어집니다.`,
          ({ cluster }) => {
            const pods = cluster.state
              .peek('pods')
              .filter(({ metadata }) =>
                metadata.ownerReferences?.some(
                  ({ kind, name: owner }) => kind === 'StatefulSet' && owner === name,
                ),
              )
            const named = endpointsOf(cluster, name).map(({ targetRef }) => targetRef?.uid)
            return pods.length === 2 && pods.every(({ metadata }) => named.includes(metadata.uid ?? ''))
          },
        ),
        keepsTheRest(),
      ],
      solution: lines(`kubectl create service clusterip ${name} --clusterip=None`, 'sleep 20'),
      wrongRepairs: [
        lines(`kubectl create service clusterip ${name} --clusterip=None -n kube-system`, 'sleep 20'),
        lines(`kubectl expose pod ${name}-0 --name=${name}-0 --port=80`, 'sleep 20'),
        lines(
          `kubectl delete statefulset ${name}`,
          `kubectl create deployment ${name} --image=nginx --replicas=2`,
          'sleep 60',
        ),
        lines(`kubectl rollout restart statefulset ${name}`, 'sleep 60'),
        lines(
          `kubectl create service clusterip ${name} --clusterip=None`,
          `kubectl set selector service ${name} app=other`,
          'sleep 20',
        ),
      ],
    }
  }),
]
