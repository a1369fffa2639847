namespace Fovea.Faults;

/// <summary>Which runs are made.</summary>
internal static class Plans
{
    /// <summary>All kinds of faults.</summary>
    public static IReadOnlyList<Fault> Kinds { get; } =
    [.. OptionFaults.All, .. NetworkFaults.All, .. DataFaults.All, .. LoopFaults.All];

    /// <summary>Each kind with each seed, on the problems that it fits in turn.</summary>
    public static IEnumerable<(string, Func<Outcome?>)> Faults(ulong first, int seeds)
    {
        for (ulong seed = first; seed < first + (ulong)seeds; seed++)
        {
            for (int k = 0; k < Kinds.Count; k++)
            {
                (Fault fault, ulong now, int turn) = (Kinds[k], seed, k + (int)seed);
                yield return (fault.Name, () => Planted(fault, now, turn));
            }
        }
    }

    /// <summary>Each healthy network with each seed.</summary>
    public static IEnumerable<(string, Func<Outcome?>)> Healthy(ulong first, int seeds)
    {
        for (ulong seed = first; seed < first + (ulong)seeds; seed++)
        {
            foreach ((string name, bool isHeldOut, Func<ulong, Case> make) in Fovea.Faults.Healthy.All)
            {
                ulong now = seed;
                yield return (name, () => Runner.Run(name, name, now, isHeldOut, [], make(now)));
            }
        }
    }

    /// <summary>Each problem without a fault, with each seed: what it reaches.</summary>
    public static IEnumerable<(string, Func<Outcome?>)> Twins(ulong first, int seeds)
    {
        for (ulong seed = first; seed < first + (ulong)seeds; seed++)
        {
            foreach (Problem problem in Problem.All)
            {
                ulong now = seed;
                string name = $"{problem.Network} on {problem.Data}";
                yield return (
                    name,
                    () =>
                        Runner.Run(
                            name,
                            name,
                            now,
                            problem.IsHeldOut,
                            [],
                            new Case(problem.Build(now), problem.Source, problem.Options(now))
                        )
                );
            }
        }
    }

    private static Outcome? Planted(Fault fault, ulong seed, int turn)
    {
        for (int i = 0; i < Problem.All.Count; i++)
        {
            Problem problem = Problem.All[(turn + i) % Problem.All.Count];
            if (fault.Plant(problem, seed) is { } run)
            {
                return Runner.Run(
                    fault.Name,
                    $"{problem.Network} on {problem.Data}",
                    seed,
                    fault.IsHeldOut || problem.IsHeldOut,
                    fault.Accepts,
                    run,
                    fault.Refusal
                );
            }
        }

        return null;
    }
}
