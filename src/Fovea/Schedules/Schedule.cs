namespace Fovea;

/// <summary>The course of the learning rate: a factor on the base learning rate for each optimizer step. Derive from it
/// to add one.</summary>
/// <remarks><c>optimizer.LearningRate = baseRate * schedule.Factor(optimizer.Steps)</c> before each step. All schedules
/// but <see cref="Plateau"/> depend on the step alone.</remarks>
public abstract partial class Schedule
{
    /// <summary>The factor of a step, 0 or more.</summary>
    /// <param name="step">Optimizer steps done before it, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="step"/> is negative.</exception>
    public abstract double Factor(long step);

    /// <summary>The schedule in one line, e.g. <c>cosine over 3910 steps to 0</c>.</summary>
    public abstract override string ToString();

    /// <summary>The schedule without a warm-up before it: itself, or what <see cref="Warmup"/> goes over into. A
    /// <see cref="Plateau"/> is found here.</summary>
    public virtual Schedule Main => this;

    /// <summary>Tells the result of an epoch. Only <see cref="Plateau"/> listens.</summary>
    /// <param name="metric">A value that should fall, such as the validation loss.</param>
    public virtual void Observe(double metric) { }
}
