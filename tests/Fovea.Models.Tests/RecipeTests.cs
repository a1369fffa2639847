namespace Fovea.Models.Tests;

public sealed class RecipeTests
{
    public static TheoryData<string> Names => [.. ModelRegistry.Names];

    [Theory, MemberData(nameof(Names))]
    public void Recipe_OfEveryModel_IsUnderstood(string name)
    {
        Recipe recipe = ModelRegistry.Recipe(name, 1000);
        Optimizer optimizer = Optimizer.Parse(recipe.Optimizer, new Linear(2, 2), recipe.LearningRate);
        Assert.True(optimizer.LearningRate > 0, $"{name}: learning rate {optimizer.LearningRate}");
        Schedule schedule = Schedule.Parse(recipe.Schedule, 16 * recipe.Epochs, 16);
        double[] factors = [.. Enumerable.Range(0, 16 * recipe.Epochs).Select(s => schedule.Factor(s))];
        Assert.All(factors, f => Assert.InRange(f, 0.0, 1.0));
        Assert.True(
            schedule is Plateau || factors[^1] < 0.05,
            $"{name}: {recipe.Schedule} ends at {factors[^1]} of the learning rate"
        );
    }
}
