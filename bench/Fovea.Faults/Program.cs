using System.Globalization;
using Fovea.Faults;
using Fovea.Kernels;

// Plants faults, runs healthy networks, and counts what the diagnosis says: docs/questions/rates.md.
//   faults|healthy|twins OUT.jsonl [--seeds N] [--first SEED] [--only TEXT] [--part I/N] [--verbose|--blind]
//   aside|aside-twins OUT.jsonl [...]: the same on networks and data that no threshold was set on
//   aside-kinds|aside-healthy OUT.jsonl [...]: kinds of faults and healthy runs that were made after all rules were set,
//     by someone who did not know them, on Problem.All and a few problems of their own; --blind prints the accuracy
//     alone, to see what harms without seeing what is answered
//   aside-kinds-twins|aside-hand-twins OUT.jsonl [...]: their problems without a fault, and all problems in a loop
//     written by hand; table takes them behind the other twins in one file
//   blind|blind-twins OUT.jsonl [...]: a second such set of kinds, on Problem.All, Problem.Aside and one more; the twins are
//     its problems without a fault, by the trainer and in a loop written by hand
//   remedies OUT.jsonl [...]: each fault again with the remedy named first; healings HEALINGS.jsonl TWINS.jsonl counts them
//   table FAULTS.jsonl HEALTHY.jsonl TWINS.jsonl; rates FAULTS.jsonl HEALTHY.jsonl writes docs/questions/rates.json
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["table", string faults, string healthy, string twins])
{
    Table.Write(Runner.Read(faults), Runner.Read(healthy), Runner.Read(twins), Console.Out);
    return;
}

if (args is ["rates", string planted, string well])
{
    Table.WriteRates(Runner.Read(planted), Runner.Read(well), Console.Out);
    return;
}

if (args is ["healings", string healings, string healthyRuns])
{
    Remedies.Write(Remedies.Read(healings), Runner.Read(healthyRuns), Console.Out);
    return;
}

if (
    args
    is not [
        (
            "faults"
            or "healthy"
            or "twins"
            or "remedies"
            or "aside"
            or "aside-twins"
            or "aside-kinds"
            or "aside-healthy"
            or "aside-kinds-twins"
            or "aside-hand-twins"
            or "blind"
            or "blind-twins"
        )
        and string what,
        string output,
        ..,
    ]
)
{
    Console.Error.WriteLine(
        "faults|healthy|twins|aside-kinds|aside-healthy|blind|blind-twins OUT.jsonl [--seeds N] [--first SEED] [--only TEXT] [--part I/N], or table FAULTS HEALTHY TWINS"
    );
    return;
}

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and int i ? args[i + 1] : null;
int seeds = int.Parse(Option("--seeds") ?? "10", CultureInfo.InvariantCulture);
ulong first = ulong.Parse(Option("--first") ?? "1", CultureInfo.InvariantCulture);
string only = Option("--only") ?? "";
int[] part = [.. (Option("--part") ?? "0/1").Split('/').Select(int.Parse)];
Runner.IsVerbose = args.Contains("--verbose");
bool isBlind = args.Contains("--blind");
WorkerPool.Threads = 1;
int number = 0;
using StreamWriter writer = new(output, append: true);
if (what == "remedies")
{
    foreach ((string name, Func<Healing?> run) in Plans.Healings(first, seeds))
    {
        if (number++ % part[1] == part[0] && name.Contains(only, StringComparison.Ordinal) && run() is { } healing)
        {
            writer.WriteLine(Remedies.Line(healing));
            writer.Flush();
            Console.WriteLine(
                $"{healing.Kind} | {healing.Seed} | {healing.Cause} | {healing.How} | {healing.Before:F2} to {healing.After:F2}"
            );
        }
    }

    return;
}

IEnumerable<(string Name, Func<Outcome?> Run)> runs = what switch
{
    "faults" => Plans.Faults(Problem.All, first, seeds),
    "aside" => Plans.Faults(Problem.Aside, first, seeds),
    "aside-twins" => Plans.Twins(Problem.Aside, first, seeds),
    "aside-kinds" => Plans.Faults(Problem.All, first, seeds, AsideKinds.All),
    "aside-healthy" => Plans.Healthy(first, seeds, AsideHealthy.All),
    "aside-hand-twins" => Plans.Twins([.. Problem.All, .. AsideKinds.Problems], first, seeds, byHand: true),
    "aside-kinds-twins" => Plans.Twins(AsideKinds.Problems, first, seeds),
    "blind" => Plans.Faults(BlindKinds.Problems, first, seeds, BlindKinds.All),
    "blind-twins" => Plans
        .Twins(BlindKinds.Problems, first, seeds)
        .Concat(Plans.Twins(BlindKinds.Problems, first, seeds, byHand: true)),
    "healthy" => Plans.Healthy(first, seeds),
    _ => Plans.Twins(Problem.All, first, seeds),
};
foreach ((string name, Func<Outcome?> run) in runs)
{
    if (number++ % part[1] != part[0] || !name.Contains(only, StringComparison.Ordinal))
    {
        continue;
    }

    long start = Environment.TickCount64;
    if (run() is { } outcome)
    {
        writer.WriteLine(Runner.Line(outcome));
        writer.Flush();
        Console.WriteLine(
            isBlind
                ? $"{(Environment.TickCount64 - start) / 1000.0, 5:F1} s | {outcome.Kind} | {outcome.Problem} | {outcome.Seed} | {outcome.Accuracy:F2} {outcome.Error}"
                : $"{(outcome.Hit ? "hit " : "    ")} {(Environment.TickCount64 - start) / 1000.0, 5:F1} s  {outcome.Kind} | {outcome.Problem[..Math.Min(24, outcome.Problem.Length)]} {outcome.Seed} | {string.Join(", ", outcome.Named)} | look {string.Join(", ", outcome.Looks)} | {outcome.Accuracy:F2} {outcome.Error}"
        );
    }
}
