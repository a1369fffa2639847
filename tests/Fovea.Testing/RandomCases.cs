using System.Globalization;
using CsCheck;

namespace Fovea.Testing;

/// <summary>Random cases of CsCheck, the same ones in every run. Its own loop takes the seed for the first case alone
/// and draws the others by the clock; here all are drawn in a row from the seed. A case that fails is shrunk, and
/// the message says the smallest found with the seed that draws it.</summary>
/// <remarks><c>FOVEA_CASES=20</c> tries twenty times as many. <c>CsCheck_Seed=SEED</c>, as the message says, tries one
/// case alone; a filter should name its test.</remarks>
public static class RandomCases
{
    /// <summary>How many smaller cases are looked for after a failure.</summary>
    private const int Shrinks = 20_000;

    private static readonly int Times = int.Parse(
        Environment.GetEnvironmentVariable("FOVEA_CASES") ?? "1",
        CultureInfo.InvariantCulture
    );

    /// <summary>Checks cases one after the other.</summary>
    /// <param name="cases">Draws a case.</param>
    /// <param name="seed">Decides all cases.</param>
    /// <param name="count">How many are tried, times <c>FOVEA_CASES</c>.</param>
    /// <param name="check">Throws where a case fails, with a message that says how; the same for the same case.</param>
    /// <param name="print">A case in words; where null, CsCheck's own, which leaves out the middle of what is
    /// long.</param>
    /// <exception cref="CsCheckException">A case failed.</exception>
    public static void Check<T>(Gen<T> cases, ulong seed, int count, Action<T> check, Func<T, string>? print = null)
    {
        if (CsCheck.Check.Seed is { } replayed)
        {
            cases.Sample(check, seed: replayed, iter: 1, threads: 1, print: print);
            return;
        }

        PCG generator = new(0, seed);
        for (long i = (long)count * Times; i > 0; i--)
        {
            string state = generator.ToString();
            T drawn = cases.Generate(generator, null, out _);
            try
            {
                check(drawn);
            }
            catch (Exception e)
            {
                cases.Sample(check, seed: state, iter: Shrinks, threads: 1, print: print);
                throw new CsCheckException($"The case of seed {state} failed once and then held: {e.Message}", e);
            }
        }
    }
}
