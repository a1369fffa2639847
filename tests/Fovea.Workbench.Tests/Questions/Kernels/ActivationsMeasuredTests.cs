namespace Fovea.Workbench.Tests.Questions.Kernels;

public sealed class ActivationsMeasuredTests
{
    [Fact]
    public void Ask_NothingBendsBetweenFourLayers_NamesAllThatLackAnActivation()
    {
        MeasuredRuns run = MeasuredRuns
            .Chain(4)
            .With(r =>
                r with
                {
                    Points =
                    [
                        .. r.Points.Select(p =>
                            p.Kind == PointKind.Activation ? p with { Kind = PointKind.Normalization } : p
                        ),
                    ],
                }
            );
        Answer answer = new ActivationsMeasured().Ask(run.Evidence);
        Assert.Equal((Verdict.Fix, Cause.Activation), (answer.Verdict, answer.Cause));
        Assert.Equal(["fc0", "fc1", "fc2"], answer.Layers);
        Assert.Equal("activation functions between layers 0 < 1", Assert.Single(answer.Crossed).Text);
    }
}
