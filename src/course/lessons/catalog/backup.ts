import { goal, isUp, runsAsBefore } from '../goals.js'
import { keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { ETCD_FLAGS, MANIFESTS, deployment, jsonPatch, lines, patch, PROBE } from '../shared.js'

const SCRIPT = `#!/bin/bash
etcdctl --endpoints 127.0.0.1:2379 snapshot save /root/snapshot.db
`

/** Chapter 3: backup and restore. */
export const backupLessons: readonly LessonSource[] = [
  lesson('lost-settings', 'medium', 5, (draw) => {
    const web = draw.app()
    const settings = draw.one('settings', 'features', 'limits')
    return {
      exams: ['ckad'],
      texts: {
        ko: {
          title: '누군가 무언가를 지웠습니다',
          symptom:
            `${web}을 다시 시작했더니 새 포드가 뜨지 않습니다. 어제의 백업이 /root/everything.yaml에 있습니다. 잃은 것을 ` +
            '그대로 되살리세요.',
          hints: [
            'kubectl get pods와 kubectl describe pod로 무엇이 없는지 찾으세요.',
            '없어진 것은 컨피그맵입니다. 값까지 백업과 같아야 합니다.',
            'kubectl create -f는 없는 것만 만들고, 있는 것은 AlreadyExists라고 알려 줍니다.',
          ],
          explanation:
            `컨피그맵 ${settings}가 지워졌습니다. 이미 실행 중이던 포드는 시작할 때 값을 읽었으므로 멀쩡했고, 새 포드부터 실패했습니다. 백업에서 ` +
            '없는 것만 다시 만들면 됩니다. get all로 만든 백업이었다면 컨피그맵은 들어 있지 않았을 것입니다.',
        },
        en: {
          title: 'Somebody deleted something',
          symptom:
            `${web} was restarted, and its new pods do not come up. Yesterday's backup is ` +
            '/root/everything.yaml. Bring back what is ' +
            'lost, as it was.',
          hints: [
            'kubectl get pods and kubectl describe pod: what is missing?',
            'It is a ConfigMap. Its values must be those of the backup.',
            'kubectl create -f creates what is missing and reports AlreadyExists for the rest.',
          ],
          explanation:
            `The ConfigMap ${settings} was deleted. Pods that ran had read it when they started, so only ` +
            'new ones fail. Create what is ' +
            'missing from the backup. A backup made by get all would not have had the ConfigMap.',
        },
      },
      start: async ({ cluster, master }) => {
        cluster.kubectl(`create configmap ${settings} --from-literal=colour=blue`)
        cluster.apply([deployment(web, { envFrom: [{ configMapRef: { name: settings } }] })])
        cluster.settle()
        await master.sh('kubectl get configmaps,deployments -o yaml > /root/everything.yaml')
        cluster.kubectl(`delete configmap ${settings}`)
        cluster.kubectl(`rollout restart deployment ${web}`)
        cluster.advance('30s')
      },
      shows: { run: 'kubectl get pods', prints: /CreateContainerConfigError/ },
      goals: [
        goal(
          `The ConfigMap ${settings} has the values of the backup.`,
          `컨피그맵 ${settings}의 값이 백업과 같습니다.`,
          ({ cluster }) => {
            const [found] = cluster.state.peek('configmaps', {
              namespace: 'default',
              fieldSelector: `metadata.name=${settings}`,
            })
            return JSON.stringify(found?.data) === '{"colour":"blue"}'
          },
        ),
        isUp(web),
        keepsTheRest(),
      ],
      solution: 'kubectl create -f everything.yaml 2>/dev/null; sleep 60',
      wrongRepairs: [
        lines(`kubectl create configmap ${settings} --from-literal=colour=red`, 'sleep 60'),
        lines(`kubectl create configmap ${settings}`, 'sleep 60'),
        lines(`kubectl rollout undo deployment ${web}`, 'sleep 60'),
        lines(
          jsonPatch(`deployment ${web}`, [
            { op: 'remove', path: '/spec/template/spec/containers/0/envFrom' },
          ]),
          'sleep 60',
        ),
        lines(
          `kubectl create configmap ${settings} --from-literal=colour=blue`,
          `kubectl scale deployment ${web} --replicas=0`,
          'sleep 60',
        ),
        lines(
          'kubectl create -f everything.yaml',
          patch(`configmap ${settings}`, { data: { colour: 'green' } }),
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('backup-script', 'medium', 6, () => ({
    exams: ['cka'],
    texts: {
      ko: {
        title: '매일 밤의 백업',
        symptom:
          '/root/backup.sh가 매일 밤 etcd를 /root/snapshot.db에 백업한다고 하는데, 파일이 없습니다. bash backup.sh로 확인해 보세요.',
        hints: [
          '스크립트를 실행해 오류를 읽고, cat backup.sh로 무엇을 하는지 보세요.',
          'etcd는 TLS로만 통신하고, 상대의 인증서도 요구합니다. 3장의 명령과 비교하세요.',
          '--cacert, --cert, --key에 /etc/kubernetes/pki/etcd의 파일을 주세요.',
        ],
        explanation:
          '스크립트가 인증서 없이 etcd에 접속해 연결이 끊겼습니다. 백업은 만드는 것만큼이나, 만들어졌는지 확인하는 것이 중요합니다.',
      },
      en: {
        title: 'The nightly backup',
        symptom:
          '/root/backup.sh is said to back up etcd to /root/snapshot.db every night, yet there is no ' +
          'such file. Try bash backup.sh.',
        hints: [
          'Run the script and read the error; cat backup.sh shows what it does.',
          'etcd speaks TLS only, and wants a certificate of its clients. Compare with the command of ' +
            'chapter 3.',
          'Give --cacert, --cert and --key files of /etc/kubernetes/pki/etcd.',
        ],
        explanation:
          'The script spoke to etcd without certificates, and etcd hung up. Checking that a backup ' +
          'was made matters as much as making it.',
      },
    },
    start: ({ master }) => master.write('/root/backup.sh', SCRIPT),
    shows: { run: 'bash backup.sh', prints: /context deadline exceeded/ },
    goals: [
      goal(
        'bash /root/backup.sh writes a snapshot of etcd as it is at that moment to /root/snapshot.db.',
        'bash /root/backup.sh가 그 순간의 etcd를 /root/snapshot.db에 백업합니다.',
        async ({ master, cluster }) => {
          if ((await master.sh('bash /root/backup.sh')).exitCode !== 0) return false
          cluster.kubectl('create configmap newest')
          const revision = cluster.internals.etcd.revision
          if ((await master.sh('bash /root/backup.sh')).exitCode !== 0) return false
          const { stdout } = await master.sh('etcdutl snapshot status /root/snapshot.db')
          return Number(/^[0-9a-f]+, (\d+), /.exec(stdout)?.[1] ?? 0) >= revision
        },
      ),
      runsAsBefore('etcd'),
      keepsTheRest(),
    ],
    solution: `sed -i 's#etcdctl#etcdctl ${ETCD_FLAGS}#' backup.sh; bash backup.sh`,
    wrongRepairs: [
      'echo backup > /root/snapshot.db',
      lines(`printf '#!/bin/bash\\ntouch /root/snapshot.db\\n' > backup.sh`, 'bash backup.sh'),
      `printf '#!/bin/bash\\nexit 0\\n' > backup.sh`,
      `etcdctl ${ETCD_FLAGS} snapshot save /root/snapshot.db`,
      lines(
        `etcdctl ${ETCD_FLAGS} snapshot save /root/old.db`,
        `printf '#!/bin/bash\\ncp /root/old.db /root/snapshot.db\\n' > backup.sh`,
        'bash backup.sh',
      ),
      lines(
        `sed -i 's#--client-cert-auth=true#--client-cert-auth=false#' ${MANIFESTS}/etcd.yaml`,
        'sleep 60',
      ),
    ],
  })),
  lesson('etcd-space', 'hard', 8, () => ({
    exams: ['cka'],
    texts: {
      ko: {
        title: '읽을 수는 있는데',
        symptom:
          '무엇이든 읽을 수는 있는데 만들거나 고칠 수가 없습니다. kubectl create configmap x를 해 보세요.',
        hints: [
          '오류 메시지는 etcd에서 온 것입니다.',
          `etcdctl ${ETCD_FLAGS} alarm list; etcdctl ${ETCD_FLAGS} -w table endpoint status`,
          '옛 리비전을 압축(compact)하고, 빈 공간을 돌려받고(defrag), 알람을 끄세요(alarm disarm).',
        ],
        explanation:
          'etcd의 데이터베이스가 할당량을 넘어 NOSPACE 알람이 켜졌고, 그때부터 쓰기를 거절합니다. 공간을 되찾아도 알람은 저절로 ' +
          '꺼지지 않습니다. 정리하기 전에 스냅샷을 떠 두세요.',
      },
      en: {
        title: 'Reads work, writes fail',
        symptom:
          'Everything can be read, but nothing can be created or changed. Try kubectl create configmap x.',
        hints: [
          'The message comes from etcd.',
          `etcdctl ${ETCD_FLAGS} alarm list; etcdctl ${ETCD_FLAGS} -w table endpoint status`,
          'Compact the history (compact), give its space back (defrag), and disarm the alarm (alarm disarm).',
        ],
        explanation:
          'The database exceeded its quota, which raised the alarm NOSPACE; from then on etcd ' +
          'refuses writes. The alarm does not ' +
          'go off by itself when there is space again. Take a snapshot before you clean up.',
      },
    },
    start: ({ cluster }) => {
      cluster.internals.etcd.alarm({ action: 'ACTIVATE', alarm: 'NOSPACE' })
      cluster.advance('1s')
    },
    shows: { run: 'kubectl create configmap x', prints: /database space exceeded/ },
    goals: [
      goal(
        'Objects can be created.',
        '객체를 만들 수 있습니다.',
        ({ cluster }) => cluster.kubectl(`create configmap ${PROBE}`).exitCode === 0,
      ),
      goal('etcd has no alarm.', 'etcd의 알람이 꺼져 있습니다.', async ({ master }) => {
        const { exitCode, stdout } = await master.sh(`etcdctl ${ETCD_FLAGS} alarm list`)
        return exitCode === 0 && stdout.trim() === ''
      }),
      goal(
        'The history before the lesson is compacted, so that there is room.',
        '실습이 시작되기 전의 리비전이 압축되어 공간이 생겼습니다.',
        ({ cluster, begun }) =>
          cluster.internals.etcd.compactedRevision >= begun.cluster.internals.etcd.revision - 1,
      ),
      runsAsBefore('etcd'),
      keepsTheRest(),
    ],
    solution:
      `REV=$(etcdctl ${ETCD_FLAGS} -w json endpoint status | grep -o '"revision":[0-9]*' | head -1 | ` +
      `cut -d: -f2); etcdctl ${ETCD_FLAGS} compact $REV; etcdctl ${ETCD_FLAGS} defrag; ` +
      `etcdctl ${ETCD_FLAGS} alarm disarm`,
    wrongRepairs: [
      `etcdctl ${ETCD_FLAGS} alarm disarm`,
      'kubectl delete configmap --all',
      `etcdctl ${ETCD_FLAGS} defrag`,
      lines(`etcdctl ${ETCD_FLAGS} defrag`, `etcdctl ${ETCD_FLAGS} alarm disarm`),
      `etcdctl ${ETCD_FLAGS} del --prefix /registry/configmaps`,
    ],
  })),
]
