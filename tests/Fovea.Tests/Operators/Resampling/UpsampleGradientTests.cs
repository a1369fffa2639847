namespace Fovea.Tests;

public sealed class UpsampleGradientTests
{
    [Fact]
    public void Differentiate_EveryOption_HoldsToSecondOrder()
    {
        foreach (Shape shape in new Shape[] { [2, 2, 5], [1, 2, 3, 4], [1, 1, 2, 3, 3], [1, 1, 1, 1] })
        {
            foreach ((string name, Upsample layer) in Layers())
            {
                GradientRuleAssert.Holds($"{name} {shape}", t => layer.Forward(t[0]), GradientCase.Leaf(shape));
            }
        }
    }

    [Fact]
    public void Differentiate_TracedWithAnOpenBatch_GivesTheEagerBitsAtEveryBatch()
    {
        foreach (bool corners in new[] { false, true })
        {
            UpsampleOperator upsample = new(UpsampleMode.Linear, [1.7], null, corners);
            GradientRuleAssert.HoldsInATrace(
                upsample,
                [
                    [2, 5, 4],
                ]
            );
            GradientRuleAssert.HoldsInATrace(
                new UpsampleGradient(upsample, [5, 4]),
                [
                    [2, 8, 6],
                ]
            );
        }
    }

    private static IEnumerable<(string Name, Upsample Layer)> Layers()
    {
        yield return ("nearest 2", new Upsample(2.0));
        yield return ("nearest 1.6", new Upsample(1.6));
        yield return ("linear 2", new Upsample(2.0, UpsampleMode.Linear));
        yield return ("linear 1.7", new Upsample(1.7, UpsampleMode.Linear));
        yield return ("corners", new Upsample(3.0, UpsampleMode.Linear, alignCorners: true));
        yield return ("size", Upsample.ToSize(3, UpsampleMode.Linear));
    }
}
