namespace Fovea.Faults;

/// <summary>Which runs are made.</summary>
internal static class Plans
{
    /// <summary>All kinds of faults.</summary>
    public static IReadOnlyList<Fault> Kinds { get; } =
    [.. OptionFaults.All, .. NetworkFaults.All, .. DataFaults.All, .. LoopFaults.All];

    /// <summary>Each kind with each seed, on the problems that it fits in turn.</summary>
    /// <param name="problems">The problems.</param>
    /// <param name="first">The first seed.</param>
    /// <param name="seeds">How many.</param>
    /// <param name="kinds">The kinds; null for all of <see cref="Kinds"/>.</param>
    public static IEnumerable<(string, Func<Outcome?>)> Faults(
        IReadOnlyList<Problem> problems,
        ulong first,
        int seeds,
        IReadOnlyList<Fault>? kinds = null
    )
    {
        // Kinds of a plan of their own take the problems that they fit in turn, not the next one that fits.
        IReadOnlyList<Problem>[] fitting =
        [
            .. (kinds ?? []).Select(f => f.On ?? [.. problems.Where(p => f.Plant(p, first) is not null)]),
        ];
        kinds ??= Kinds;
        for (ulong seed = first; seed < first + (ulong)seeds; seed++)
        {
            for (int k = 0; k < kinds.Count; k++)
            {
                (Fault fault, ulong now, int turn) = (kinds[k], seed, k + (int)seed);
                IReadOnlyList<Problem> own = fitting.Length > 0 ? fitting[k] : problems;
                yield return (fault.Name, () => Planted(fault, own, now, turn));
            }
        }
    }

    /// <summary>Each kind with each seed, and what its remedy does.</summary>
    public static IEnumerable<(string, Func<Healing?>)> Healings(ulong first, int seeds)
    {
        for (ulong seed = first; seed < first + (ulong)seeds; seed++)
        {
            for (int k = 0; k < Kinds.Count; k++)
            {
                (Fault fault, ulong now, int turn) = (Kinds[k], seed, k + (int)seed);
                yield return (
                    fault.Name,
                    () =>
                        ProblemFor(fault, Problem.All, now, turn) is { } problem
                            ? Remedies.Try(fault, problem, now)
                            : null
                );
            }
        }
    }

    /// <summary>Each healthy network with each seed.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="seeds">How many.</param>
    /// <param name="networks">The networks; null for those of <see cref="Fovea.Faults.Healthy"/>.</param>
    public static IEnumerable<(string, Func<Outcome?>)> Healthy(
        ulong first,
        int seeds,
        IReadOnlyList<(string Name, bool IsHeldOut, Func<ulong, Case> Make)>? networks = null
    )
    {
        for (ulong seed = first; seed < first + (ulong)seeds; seed++)
        {
            foreach ((string name, bool isHeldOut, Func<ulong, Case> make) in networks ?? Fovea.Faults.Healthy.All)
            {
                ulong now = seed;
                yield return (name, () => Runner.Run(name, name, now, isHeldOut, [], make(now)));
            }
        }
    }

    /// <summary>Each problem without a fault, with each seed: what it reaches.</summary>
    /// <param name="problems">The problems.</param>
    /// <param name="first">The first seed.</param>
    /// <param name="seeds">How many.</param>
    /// <param name="byHand">In a loop written by hand, as some kinds are planted.</param>
    public static IEnumerable<(string, Func<Outcome?>)> Twins(
        IReadOnlyList<Problem> problems,
        ulong first,
        int seeds,
        bool byHand = false
    )
    {
        for (ulong seed = first; seed < first + (ulong)seeds; seed++)
        {
            foreach (Problem problem in problems)
            {
                ulong now = seed;
                string name = Runner.NameOf(problem, byHand);
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
                            {
                                Own = byHand ? new Habits() : null,
                            }
                        )
                );
            }
        }
    }

    private static Outcome? Planted(Fault fault, IReadOnlyList<Problem> problems, ulong seed, int turn) =>
        CaseFor(fault, problems, seed, turn) is { } found
            ? Runner.RunWithAnswers(fault, found.Problem, seed, found.Run).Outcome
            : null;

    private static Problem? ProblemFor(Fault fault, IReadOnlyList<Problem> problems, ulong seed, int turn) =>
        CaseFor(fault, problems, seed, turn)?.Problem;

    /// <summary>The first problem that a fault fits, counted from a turn on, and the fault planted in it.</summary>
    private static (Problem Problem, Case Run)? CaseFor(
        Fault fault,
        IReadOnlyList<Problem> problems,
        ulong seed,
        int turn
    )
    {
        for (int i = 0; i < problems.Count; i++)
        {
            Problem problem = problems[(turn + i) % problems.Count];
            if (fault.Plant(problem, seed) is { } run)
            {
                return (problem, run);
            }
        }

        return null;
    }
}
