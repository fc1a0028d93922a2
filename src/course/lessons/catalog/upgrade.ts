import { goal, nodesAreReady } from '../goals.js'
import { keepsTheRest, textOf } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { lines, pattern } from '../shared.js'

const budgetOf = (name: string): string => `apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata:
  name: ${name}
spec:
  minAvailable: 1
  selector:
    matchLabels: {app: ${name}}
`

/** Chapter 2: version upgrade. */
export const upgradeLessons: readonly LessonSource[] = [
  lesson('half-upgraded', 'easy', 3, (draw) => {
    const [node, other] = draw.nodes()
    return {
      exams: ['cka'],
      options: { nodes: [{ name: node, kubeletVersion: 'v1.34.0' }, { name: other }] },
      texts: {
        ko: {
          title: '올렸는데 그대로인 버전',
          symptom: `${node}의 kubelet 패키지를 1.35.0으로 올렸다고 합니다. 그런데 kubectl get nodes는 아직 v1.34.0이라고 합니다.`,
          hints: [
            `ssh ${node}로 들어가 kubelet --version과 비교해 보세요.`,
            'kubectl get nodes의 VERSION은 실행 중인 kubelet이 알려 준 것입니다.',
            '프로그램을 바꾸어도 이미 실행 중인 프로세스는 바뀌지 않습니다.',
          ],
          explanation:
            '패키지만 설치하고 kubelet을 다시 시작하지 않았습니다. 새 kubelet이 시작되면서 자기 버전을 apiserver에 알립니다.',
        },
        en: {
          title: 'Upgraded, but still on the old version',
          symptom:
            `The kubelet package of ${node} is said to be at 1.35.0, but kubectl get nodes still ` +
            `shows v1.34.0.`,
          hints: [
            `Log in with ssh ${node} and compare with kubelet --version.`,
            'VERSION in kubectl get nodes is what the running kubelet has reported.',
            'A new program on disk does not change a process that is running.',
          ],
          explanation:
            'The package was installed and the kubelet not restarted. The new kubelet reports its ' +
            'version when it starts.',
        },
      },
      start: ({ master, cluster }) =>
        master
          .sh(`ssh ${node} apt-get install -y --allow-change-held-packages kubelet=1.35.0-1.1`)
          .then(() => cluster.advance('1m')),
      shows: { run: 'kubectl get nodes', prints: pattern`${node} .*v1\.34\.0` },
      goals: [
        goal(`${node} reports v1.35.0.`, `${node}이 v1.35.0이라고 보고합니다.`, ({ cluster }) => {
          // a kubelet writes its status every five minutes, and what somebody else wrote is gone then
          cluster.advance('6m')
          return (
            cluster.state.peek('nodes', { fieldSelector: `metadata.name=${node}` })[0]?.status.nodeInfo
              ?.kubeletVersion === 'v1.35.0'
          )
        }),
        nodesAreReady,
        keepsTheRest(),
      ],
      solution: `ssh ${node} systemctl restart kubelet`,
      wrongRepairs: [
        `kubectl cordon ${node}`,
        lines(`kubectl delete node ${node}`, 'sleep 60'),
        lines(`ssh ${node} systemctl stop kubelet`, 'sleep 60'),
        `kubectl label node ${node} version=v1.35.0`,
        lines(
          `ssh ${node} apt-get install -y --allow-change-held-packages --allow-downgrades kubelet=1.34.0-1.1`,
          `ssh ${node} systemctl restart kubelet`,
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('removed-api', 'easy', 4, (draw) => {
    const web = draw.app()
    return {
      exams: ['ckad'],
      texts: {
        ko: {
          title: '어제까지 되던 매니페스트',
          symptom:
            '업그레이드 뒤로 kubectl apply -f /root/budget.yaml이 실패합니다. 파일은 아무도 고치지 않았습니다.',
          hints: [
            '오류 메시지의 kind와 version을 보세요.',
            'kubectl api-resources | grep poddisruptionbudgets로 지금 제공되는 버전을 확인하세요.',
          ],
          explanation:
            'policy/v1beta1의 PodDisruptionBudget은 1.25에서 없어졌습니다. 파일의 apiVersion을 policy/v1로 고치면 됩니다. 저장된 ' +
            '객체는 ' +
            '그대로이고, 없어진 것은 그것을 읽고 쓰는 옛 이름뿐입니다.',
        },
        en: {
          title: 'A manifest that worked yesterday',
          symptom: 'Since the upgrade kubectl apply -f /root/budget.yaml fails. Nobody has touched the file.',
          hints: [
            'Read kind and version in the error.',
            'kubectl api-resources | grep poddisruptionbudgets shows the version that is served now.',
          ],
          explanation:
            'PodDisruptionBudgets in policy/v1beta1 were removed in 1.25. Make the apiVersion of the ' +
            'file policy/v1. Stored objects ' +
            'are not affected: only the old name to read and write them is gone.',
        },
      },
      start: ({ master }) => master.write('/root/budget.yaml', budgetOf(web)),
      shows: { run: 'kubectl apply -f budget.yaml', prints: /no matches for kind "PodDisruptionBudget"/ },
      goals: [
        goal(
          `The file /root/budget.yaml describes the budget ${web} with minAvailable 1, and is applied.`,
          `파일 /root/budget.yaml이 minAvailable이 1인 예산 ${web}을 담고 있고, 적용되어 있습니다.`,
          async ({ master, cluster }) => {
            const budget = () =>
              cluster.state.peek('poddisruptionbudgets', {
                namespace: 'default',
                fieldSelector: `metadata.name=${web}`,
              })[0]
            const before = budget()
            const { exitCode } = await master.sh('kubectl apply -f /root/budget.yaml')
            const { spec } = budget() ?? {}
            // by apply, create or apply --server-side: there already is what the file describes
            return (
              exitCode === 0 &&
              before !== undefined &&
              textOf(before.spec) === textOf(spec) &&
              spec?.minAvailable === 1 &&
              spec.selector?.matchLabels?.['app'] === web
            )
          },
        ),
        keepsTheRest(),
      ],
      solution: "sed -i 's#policy/v1beta1#policy/v1#' budget.yaml; kubectl apply -f budget.yaml",
      wrongRepairs: [
        `kubectl create poddisruptionbudget ${web} --selector=app=${web} --min-available=1`,
        `kubectl create poddisruptionbudget ${web} --selector=app=other --min-available=0`,
        'rm budget.yaml',
        lines(
          `sed -i 's#policy/v1beta1#policy/v1#; s#minAvailable: 1#minAvailable: 0#' budget.yaml`,
          'kubectl apply -f budget.yaml',
        ),
        `sed -i 's#policy/v1beta1#policy/v1#' budget.yaml`,
        lines(
          `sed -i 's#policy/v1beta1#policy/v1#; s#name: ${web}#name: other#' budget.yaml`,
          'kubectl apply -f budget.yaml',
        ),
      ],
    }
  }),
]
